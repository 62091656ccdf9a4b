"""Whether a chart can be coded and finished without a coder: only where nothing at all speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha256

from services.encoder.domain.charts import Chart
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.guidelines.rules import GuidelineFinding
from services.encoder.domain.queue.holds import QUERY_OPEN
from services.encoder.domain.queue.rules import TouchlessPolicy
from services.encoder.domain.reading.suggestions import EXEMPT, PROCEDURE_INCOMPLETE, Reading, Suggestion
from shared.claims import Diagnosis, Many, Model

TOUCHLESS = "touchless"
"""The actor that codes and finalizes such charts, as the trail, the acts and the claim's events name it."""

_RULES = "rules"
_SPACE = 2**256


class Refusal(Model):
    """Why a coder must look. `codes` names the codes that it is about."""

    reason: str
    """Stable: not_wanted, too_dear, held, open_query, still_in_house, came_back, nothing_read, no_principal,
    unclear_poa, unsure, by_a_model, procedure, finding or failed: our own reading of it, and it is not tried again."""
    codes: Many[str] = ()
    rule: str | None = None
    """The guideline rule that found something."""


class TouchlessDecision(Model):
    """Whether the chart goes without a coder, and if so, whether it is drawn for audit."""

    accepted: bool
    refusals: Many[Refusal] = ()
    audited: bool = False


FAILED = TouchlessDecision(accepted=False, refusals=(Refusal(reason="failed"),))
"""Of a chart that our own code fails on."""


def touchless_decision(
    chart: Chart, reading: Reading, findings: Sequence[GuidelineFinding], policy: TouchlessPolicy
) -> TouchlessDecision:
    """Every reason at once; accepted where there is none. `findings` are those of `codes_read` of the same reading."""
    inpatient = chart.work_type == "inpatient"
    refusals = (
        *_of_chart(chart, policy),
        *_of_reading(reading, policy),
        *(_of_indicators(reading) if inpatient else ()),
        *_of_findings(findings),
    )
    if refusals:
        return TouchlessDecision(accepted=False, refusals=refusals)
    return TouchlessDecision(accepted=True, audited=is_drawn(chart.id, policy))


def is_drawn(chart_id: str, policy: TouchlessPolicy) -> bool:
    """Whether the chart falls into the audited share. The same seed and id always draw alike."""
    drawn = int.from_bytes(sha256(f"{policy.seed}:{chart_id}".encode()).digest())
    return Decimal(drawn) < policy.audited_share * _SPACE


def codes_read(reading: Reading, *, inpatient: bool, professional: bool) -> ChartCodes:
    """The diagnoses of a reading as a coder would set them: the principal first, then the surest."""
    diagnoses = [one for one in reading.suggestions if one.system == "icd10cm"]
    ordered = sorted(diagnoses, key=lambda one: (not one.principal, -one.confidence, one.code))
    apart = [one for one in ordered if not professional and not one.principal and one.code[0] in "VWXY"]
    together = [one for one in ordered if one not in apart]
    return ChartCodes.model_validate(
        {
            "diagnoses": tuple(_diagnosis(one, inpatient=inpatient) for one in together[:50]),
            "external_causes": tuple(_diagnosis(one, inpatient=inpatient) for one in apart[:12]),
        }
    )


def _diagnosis(suggestion: Suggestion, *, inpatient: bool) -> Diagnosis:
    poa = suggestion.present_on_admission if inpatient else None
    return Diagnosis.model_validate({"code": suggestion.code, "poa": poa})


def _of_chart(chart: Chart, policy: TouchlessPolicy) -> Iterator[Refusal]:
    if not policy.enabled or chart.work_type not in policy.work_types:
        yield Refusal(reason="not_wanted")
    if policy.value_below is not None and chart.value >= policy.value_below:
        yield Refusal(reason="too_dear")
    if any(hold.reason == QUERY_OPEN for hold in chart.holds):
        yield Refusal(reason="open_query")
    if any(hold.reason != QUERY_OPEN for hold in chart.holds):
        yield Refusal(reason="held")
    if not chart.discharged:
        yield Refusal(reason="still_in_house")
    if chart.revision:
        yield Refusal(reason="came_back")


def _of_reading(reading: Reading, policy: TouchlessPolicy) -> Iterator[Refusal]:
    diagnoses = [one for one in reading.suggestions if one.system == "icd10cm"]
    if not diagnoses:
        yield Refusal(reason="nothing_read")
    elif sum(one.principal for one in diagnoses) != 1:
        yield Refusal(reason="no_principal")
    unsure = tuple(one.code for one in reading.suggestions if Decimal(str(one.confidence)) < policy.confidence)
    if unsure:
        yield Refusal(reason="unsure", codes=unsure)
    if others := tuple(one.code for one in reading.suggestions if one.suggester != _RULES):
        yield Refusal(reason="by_a_model", codes=others)
    # Its day and its place in the record are a coder's to give, and what was done goes before what it is called.
    done = tuple(one.code for one in reading.suggestions if one.system != "icd10cm")
    if done or any(left.reason == PROCEDURE_INCOMPLETE for left in reading.left_out):
        yield Refusal(reason="procedure", codes=done)


def _of_indicators(reading: Reading) -> Iterator[Refusal]:
    """An inpatient's diagnosis has its indicator or is exempt, so that nobody need be asked."""
    unclear = tuple(
        one.code
        for one in reading.suggestions
        if one.system == "icd10cm" and one.present_on_admission is None and not _is_exempt(one)
    )
    if unclear:
        yield Refusal(reason="unclear_poa", codes=unclear)


def _is_exempt(suggestion: Suggestion) -> bool:
    ground = suggestion.present_on_admission_ground
    return ground is not None and ground.basis == EXEMPT


def _of_findings(findings: Sequence[GuidelineFinding]) -> Iterator[Refusal]:
    for finding in findings:
        yield Refusal(reason="finding", codes=finding.codes, rule=finding.rule)
