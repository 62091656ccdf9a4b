"""What a process of the scrubber does beside scrubbing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.scrubber.bootstrap import create_scrubber
from services.scrubber.domain.plan import EditSet
from services.scrubber.settings import ScrubberSettings
from tests.builders import a_professional_claim


def breaks_on_the_name(claim, on):
    raise KeyError(claim.patient.name.last)
    yield


def failures() -> float:
    return REGISTRY.get_sample_value("revcycle_scrub_edit_failures_total", {"edit": "new-edit"}) or 0.0


def test_an_edit_that_breaks_is_counted_and_logged_without_the_patient():
    scrubber = create_scrubber(ScrubberSettings())
    broken = replace(scrubber.edits.edits[0], id="new-edit", kinds=("professional",), check=breaks_on_the_name)
    before = failures()
    with capture_logs() as logs:
        replace(scrubber, edits=EditSet.of([broken])).examine(
            a_professional_claim().build(), tenant="north", as_of=date(2026, 11, 24)
        )
    assert failures() == before + 1
    [entry] = logs
    assert (entry["edit"], entry["error"]) == ("new-edit", "KeyError")
    assert "ABERNATHY" not in str(entry)


def test_a_repair_that_does_not_exist_cannot_be_switched_off():
    with pytest.raises(ValueError, match="there is no repair zip-plus-five"):
        ScrubberSettings(repairs_off={"north": frozenset({"zip-plus-five"})})


def test_a_tenant_switches_a_repair_off_and_the_others_keep_it():
    scrubber = create_scrubber(ScrubberSettings(repairs_off={"north": frozenset({"telephone-digits"})}))
    claim = a_professional_claim().with_billing(contact={"name": "B", "telephone": "615-555-0100"}).build()

    def made(tenant: str) -> list[str]:
        report = scrubber.examine(claim, tenant=tenant, as_of=date(2026, 11, 24)).report
        return [repair.repair_id for repair in report.repairs]

    assert (made("north"), made("south")) == ([], ["telephone-digits"])
