"""Who may do what to a rule and when; rules as a document."""

from __future__ import annotations

import json

import pytest
import yaml

from services.scrubber.domain.rules.documents import read_rules, write_rules
from services.scrubber.domain.rules.rule import NewRule, Rule
from services.scrubber.errors import InvalidRules, OwnRule, RuleNotReady, UnreadableRules
from tests.services.scrubber.domain.rules.examples import AT, a_rule, content


def test_a_rule_goes_from_draft_to_running_by_two_people():
    draft = Rule.drafted("ours", content(), "ann", AT)
    active = draft.proposed("ann", AT).approved("bo", AT)
    assert [draft.version, active.version] == [1, 3]
    assert (active.status, active.author, active.changed_by) == ("active", "ann", "bo")


@pytest.mark.parametrize("shadow", [True, False])
def test_an_author_does_not_approve_what_they_wrote(shadow):
    with pytest.raises(OwnRule):
        Rule.drafted("ours", content(), "ann", AT).proposed("bo", AT).approved("ann", AT, shadow=shadow)


def test_who_edits_a_rule_becomes_its_author():
    edited = a_rule().edited(content("false"), "bo", AT).proposed("bo", AT)
    with pytest.raises(OwnRule):
        edited.approved("bo", AT)
    assert edited.approved("ann", AT).status == "active"


def test_a_draft_does_not_run_and_what_runs_is_not_proposed():
    draft = a_rule(status="draft")
    with pytest.raises(RuleNotReady):
        draft.approved("bo", AT)
    with pytest.raises(RuleNotReady):
        a_rule().proposed("ann", AT)


def test_shadow_and_active_change_places_and_a_retired_rule_comes_back_as_a_draft():
    shadow = a_rule(status="shadow")
    assert shadow.approved("bo", AT).status == "active"
    assert a_rule().approved("bo", AT, shadow=True).status == "shadow"
    retired = shadow.retired("ann", AT)
    with pytest.raises(RuleNotReady):
        retired.approved("bo", AT)
    assert retired.edited(content(), "ann", AT).status == "draft"


# -- documents --------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_as_the_same_rules():
    rules = [
        a_rule("claim.lines.exists(one,\n  one.units > 1.0)", rule_id="a", payers=["NORTH1"], description="Why: it is"),
        a_rule(rule_id="b", action={"kind": "set", "pointer": "/coverages/billed/group_name", "value": "N° 1: yes"}),
        a_rule("line.units > 1.0", rule_id="c", each="line", kinds=["institutional"]),
    ]
    read = read_rules(write_rules(rules).encode())
    assert [(new.id, new.content) for new in read] == [(rule.id, rule.content) for rule in rules]


def test_every_fault_of_a_document_is_named():
    good = yaml.safe_load(write_rules([a_rule(kinds=["professional"])]))["rules"][0]
    document = {"rules": [good, good | {"condition": "claim.x == 1"}, {"id": "c"}, good | {"id": "d", "kinds": []}]}
    with pytest.raises(InvalidRules) as refused:
        read_rules(json.dumps(document, default=str).encode())
    pointers = [fault["pointer"] for fault in refused.value.extra["faults"]]
    assert pointers == [
        "/rules/1/condition",
        *[f"/rules/2/{name}" for name in ("name", "condition", "action", "effective")],
        "/rules/3/kinds",
        "/rules/1/id",
    ]
    at = refused.value.extra["faults"][0]
    assert (at["line"], at["column"]) == (1, 6)


@pytest.mark.parametrize(
    "document",
    [
        b"rules: [",
        b"- id: a",
        b"rules: {}",
        b"rules: []\nmore: 1",
        b"\xff\xfe\x00",
        b"a: &a [1]\nrules: [*a, *a]",
        b'rules: ["\\0"]',
        b"rules: [{effective: 2026-13-45}]",
        b"{[1]: 2}",
    ],
)
def test_what_is_no_document_of_rules_is_refused(document):
    with pytest.raises(UnreadableRules):
        read_rules(document)


def test_a_new_rule_needs_an_id_of_small_letters():
    with pytest.raises(ValueError, match="id"):
        NewRule.model_validate(content().model_dump() | {"id": "Not An Id"})
