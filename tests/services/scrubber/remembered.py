"""A scrubber that knows what other claims bill for the patient of the builders: as the store would tell it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Examination, Scrubber
from services.scrubber.domain.services import billed_services
from tests.builders import a_professional_claim, a_professional_line
from tests.services.scrubber.loaded import DAY, a_loaded_scrubber

SURGERY_DAY = "2026-01-05"
MINOR_DAY = "2026-03-20"


def _earlier(number: int, *lines: dict[str, Any]) -> AnyClaim:
    claim = a_professional_claim().with_lines(*lines)
    return claim.but(
        id=f"0193628d-58f5-7a70-8d2e-7a3d8ef0b{number:03d}",
        patient_control_number=f"RC000000000000EARLIER{number}"[-20:],
    ).build()


EARLIER = (
    _earlier(
        1,
        a_professional_line("99214", "180.00", service_from=DAY),
        a_professional_line("93010", "40.00", service_from=DAY),
    ),
    _earlier(2, a_professional_line("27447", "2400.00", service_from=SURGERY_DAY, modifiers=["RT"])),
    _earlier(3, a_professional_line("10060", "210.00", service_from=MINOR_DAY)),
)


class RememberingScrubber(Scrubber):
    """Examines every claim against `EARLIER`."""

    def examine(self, claim: AnyClaim, *, tenant: str, as_of: date, **given: Any) -> Examination:
        history = tuple(service for earlier in EARLIER for service in billed_services(earlier))
        return super().examine(claim, tenant=tenant, as_of=as_of, **(given | {"history": history}))


@cache
def a_remembering_scrubber() -> Scrubber:
    loaded = a_loaded_scrubber()
    return RememberingScrubber(**{field.name: getattr(loaded, field.name) for field in fields(loaded)})
