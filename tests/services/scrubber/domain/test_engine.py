"""The engine: order, failure, dates and overrides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.scrubber.domain.edits import all_edits
from services.scrubber.domain.engine import BOTH, EDIT_FAILED, Defect, Edit
from services.scrubber.domain.overrides import standing_overrides, with_overrides
from services.scrubber.domain.plan import EditSet
from shared.claims import Finding, Override, ScrubReport
from tests.builders import a_professional_claim, an_address, an_outpatient_claim, commercial
from tests.services.scrubber.cases import AS_OF, a_scrubber, a_visit_with


def broken(claim, on):
    raise KeyError("ABERNATHY")
    yield


def examine(claim, scrubber=None):
    return (scrubber or a_scrubber()).examine(claim, tenant="north", as_of=AS_OF)


def with_edit(**changes) -> tuple[EditSet, Edit]:
    edit = replace(all_edits().edits[0], id="new-edit", kinds=("professional",), **changes)
    return EditSet.of([*all_edits().edits, edit]), edit


def test_an_edit_that_breaks_holds_the_claim_and_is_told_of():
    told = []
    edits, edit = with_edit(check=broken)
    scrubber = replace(a_scrubber(), edits=edits, failed=lambda edit, error: told.append((edit.id, type(error))))
    report = examine(a_professional_claim().build(), scrubber).report
    assert report.outcome == "held"
    assert [finding.edit_id for finding in report.findings] == [EDIT_FAILED]
    assert report.findings[0].evidence == {"edit": edit.id, "error": "KeyError"}
    assert "ABERNATHY" not in report.model_dump_json()
    assert told == [("new-edit", KeyError)]


def test_the_other_edits_run_where_one_breaks():
    edits, _ = with_edit(check=broken)
    report = examine(a_visit_with(units="0").build(), replace(a_scrubber(), edits=edits)).report
    assert {finding.edit_id for finding in report.findings} == {EDIT_FAILED, "units-positive"}


def test_an_edit_runs_only_on_claims_of_its_days():
    claim = a_professional_claim().build()
    for dates, expected in [
        ({"effective": date(2026, 11, 17)}, "cleared"),
        ({"effective": date(2026, 11, 16)}, "held"),
        ({"through": date(2026, 11, 15)}, "cleared"),
        ({"through": date(2026, 11, 16)}, "held"),
    ]:
        edits, _ = with_edit(check=broken, **dates)
        assert examine(claim, replace(a_scrubber(), edits=edits)).report.outcome == expected


def test_an_edit_runs_only_on_the_bills_that_it_is_for():
    for claim, bills, expected in [
        (an_outpatient_claim(), {"13"}, "held"),
        (an_outpatient_claim(), {"11"}, "cleared"),
        (an_outpatient_claim(), None, "held"),
        (a_professional_claim(), {"11"}, "cleared"),
    ]:
        edit = replace(all_edits().edits[0], id="new-edit", kinds=BOTH, bills=bills, check=broken)
        edits = EditSet.of([*all_edits().edits, edit])
        assert examine(claim.build(), replace(a_scrubber(), edits=edits)).report.outcome == expected


def test_what_several_edits_ask_of_a_claim_is_looked_at_once():
    looked = []

    def look(claim, on):
        looked.append(claim)
        return len(claim.lines)

    def asks(claim, on):
        yield Defect("", str(on.once(look, claim)))

    edits = [replace(all_edits().edits[0], id=id_, kinds=BOTH, check=asks) for id_ in ("first", "second")]
    claim = a_professional_claim().build()
    report = examine(claim, replace(a_scrubber(), edits=EditSet.of(edits))).report
    assert [finding.message for finding in report.findings] == ["1", "1"]
    assert looked == [claim]


def test_edits_that_see_one_thing_are_given_it_and_left_out_where_there_is_none():
    def busy(claim, on):
        return [line.number for line in claim.lines] if len(claim.lines) > 1 else None

    def asks(numbers):
        yield Defect("", str(numbers))

    edits = EditSet.of(replace(all_edits().edits[0], id=id_, check=asks, sees=busy) for id_ in ("first", "second"))
    scrubber = replace(a_scrubber(), edits=edits)
    assert examine(a_professional_claim().build(), scrubber).report.findings == ()
    report = examine(a_professional_claim().with_line("80053").build(), scrubber).report
    assert [finding.message for finding in report.findings] == ["[1, 2]", "[1, 2]"]


def test_every_edit_that_would_see_what_cannot_be_looked_at_holds_the_claim():
    def breaks(claim, on):
        raise KeyError("ABERNATHY")

    edits = [replace(all_edits().edits[0], id=id_, kinds=BOTH, sees=breaks) for id_ in ("first", "second")]
    report = examine(a_professional_claim().build(), replace(a_scrubber(), edits=EditSet.of(edits))).report
    assert [finding.evidence["edit"] for finding in report.findings] == ["first", "second"]
    assert {finding.edit_id for finding in report.findings} == {EDIT_FAILED}


def test_an_edit_of_a_rule_book_runs_where_the_payer_judges_by_it():
    def sees(claim, on):
        return claim

    def finds(claim):
        yield Defect("", "Look.")

    edit = replace(all_edits().edits[0], id="new-edit", check=finds, sees=sees, book="coverage")
    scrubber = replace(a_scrubber(), edits=EditSet.of([edit]))
    for claim, outcome in [
        (a_professional_claim(), "held"),
        (a_professional_claim().with_coverages(commercial()), "cleared"),
    ]:
        report = examine(claim.build(), scrubber).report
        assert (report.outcome, report.edits_run) == (outcome, 1)


def test_findings_stand_in_the_order_of_the_claim_lines_counted_as_numbers():
    line = a_visit_with(units="0").fields["lines"][0]
    lines = [line | {"service_from": f"2026-11-{day:02d}"} for day in range(1, 12)]
    report = examine(a_professional_claim().with_lines(*lines).build()).report
    assert [finding.pointer for finding in report.findings] == [f"/lines/{n}/units" for n in range(11)]


def test_errors_stand_before_warnings():
    claim = a_professional_claim().with_patient(name={"last": "ABERNATHY"}).with_billing(npi=None).build()
    assert [finding.severity for finding in examine(claim).report.findings] == ["error", "warning"]


def test_a_warning_does_not_hold_the_claim():
    report = examine(a_professional_claim().with_patient(name={"last": "ABERNATHY"}).build()).report
    assert (report.outcome, len(report.findings)) == ("cleared", 1)


def test_the_report_names_the_release_of_the_code_set():
    report = examine(a_professional_claim().build()).report
    assert report.table_releases["icd10cm"] == "ICD-10-CM FY2016-FY2027"


def override(edit_id: str) -> Override:
    return Override(edit_id=edit_id, actor="lead", reason="The payer asked for it by letter", at="2026-11-24T12:00:00Z")


def two_defects() -> ScrubReport:
    return examine(a_visit_with(units="0", pointers=[1, 2]).build()).report


def test_an_override_lets_its_own_finding_pass_and_no_other():
    report = with_overrides(two_defects(), [override("units-positive")])
    assert report.outcome == "held"
    report = with_overrides(two_defects(), [override("units-positive"), override("diagnosis-pointer-absent")])
    assert report.outcome == "cleared"
    assert len(report.findings) == 2


def test_an_override_stands_while_its_findings_are_the_same():
    before = with_overrides(two_defects(), [override("units-positive")])
    corrected = examine(a_visit_with(units="0").build()).report
    assert standing_overrides(before, corrected) == before.overrides
    changed = examine(a_visit_with(units="-1").build()).report
    assert standing_overrides(before, changed) == ()


def test_a_repaired_claim_is_the_one_that_is_judged():
    result = examine(a_professional_claim().with_billing(address=an_address(state="tn")).build())
    assert result.report.outcome == "cleared"
    assert result.claim.billing.address is not None
    assert result.claim.billing.address.state == "TN"
    assert [repair.repair_id for repair in result.report.repairs] == ["state-case"]


def test_every_finding_says_what_a_biller_needs():
    for finding in two_defects().findings:
        assert isinstance(finding, Finding)
        assert all([finding.edit_version, finding.title, finding.message, finding.source, finding.x12])
