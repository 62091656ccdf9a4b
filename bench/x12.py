"""Claims and answers a second through X12, one process: `python -m bench.x12 [--claims N]`.

The same claims as an 837P go through our writer and x12sdk's, as a file through our reader (to segments, and to claims
with every fault found), pyx12's validation and x12sdk's models; then an 837I (x12sdk's is not valid, so it has no
peer), the 277CA and the 999 of as many claims, and an 835 of them through our reader and oxedi.

A claim is one patient with an address, a birthday and a record number of their own, under one billing provider and one
payer, with three lines of a fee schedule. Garbage is collected as seldom as in the services and at the command line.
One build of Python is half as quick again as another (profile-guided optimisation or not): what carries over to other
machines is the ratio to the peer.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import platform
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyx12.params
import pyx12.x12n_document
from x12sdk.io import X12ModelReader, write_transactions

from bench.acknowledgement import implementation_acknowledgements
from bench.remittance import remittances
from revcycle.garbage import collect_seldom
from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.clearinghouse import History, process, read_interchange
from services.submission.domain.acknowledgements import read_answers
from services.submission.domain.x12 import EnvelopeSettings, write_interchange
from services.submission.domain.x12.reading import read_claims
from services.submission.domain.x12.reading.models import AnyClaim
from shared.claims import Contact
from shared.x12 import TradingPartner, read
from tests.builders import (
    ClaimBuilder,
    a_patient,
    a_professional_claim,
    a_professional_line,
    a_subscriber,
    an_address,
    an_institutional_claim,
    medicare,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENVELOPE = EnvelopeSettings(
    sender=TradingPartner("REVCYCLE"),
    sender_name="REVCYCLE",
    submitter_id="REVCYCLE",
    contact=Contact(name="EDI", telephone="6155550100"),
    receiver=TradingPartner("CLEARINGHOUSE"),
    receiver_name="CLEARINGHOUSE",
    receiver_id="CLEARINGHOUSE",
    control_number=1,
    created_at=NOW,
)
PEER_CLAIMS = 300
"""Claims for the peers, which are slower by far; a rate is a rate."""


def many(builder: ClaimBuilder, coverage: str, count: int) -> list[AnyClaim]:
    """Claims of as many patients: each has a subscriber's loop of its own, as in a real batch."""
    return [_of_patient(builder, coverage, number).build() for number in range(count)]


def _of_patient(builder: ClaimBuilder, coverage: str, number: int) -> ClaimBuilder:
    person = {"last": f"ABERNATHY {number}", "first": "JOAN"}
    address = an_address(line1=f"{number} MAPLE STREET")
    born = (date(1930, 1, 1) + timedelta(days=7 * number % 30_000)).isoformat()
    member = f"1EG4TE{number % 10}MK{number % 100:02d}"
    record = f"MRN-{number:07d}"
    patient = a_patient(name=person, address=address, birth_date=born, medical_record_number=record)
    subscriber = a_subscriber(member, person=person, address=address, birth_date=born)
    return builder.but(
        id=f"0193628d-58f5-7a70-8d2e-{number:012x}",
        patient_control_number=f"PCN{number:06d}",
        patient=patient,
        coverages=[medicare(coverage, subscriber=subscriber)],
    )


def rate(name: str, count: int, work: Callable[[], object], unit: str = "claims") -> float:
    """Print and return units a second of this process's time, for others may share the machine: the best of three."""
    best = min(_seconds(work) for _ in range(3))
    print(f"  {name:<44}{count / best:>10,.0f} {unit}/s")
    return count / best


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def validated(content: bytes) -> None:
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    source = io.StringIO(content.decode("ascii"))
    assert pyx12.x12n_document.x12n_document(pyx12.params.params(), source, None, None)


def sdk_models(content: bytes) -> list[Any]:
    with X12ModelReader(content.replace(b"005010X222A1", b"005010X222A2").decode()) as reader:
        return list(reader.models())


def professional(count: int) -> None:
    visit = a_professional_claim().with_diagnoses("I10", "E119").with_lines(
        a_professional_line("99214", "180.00", modifiers=["25"], pointers=[1, 2]),
        a_professional_line("93000", "45.00"),
        a_professional_line("36415", "12.50", pointers=[2]),
    )  # fmt: skip
    claims = many(visit, "B", count)
    print(f"837P, three lines each ({count:,} claims; {PEER_CLAIMS:,} for the peers)")
    ours = rate("write: revcycle", count, lambda: write_interchange(claims, ENVELOPE))
    content = write_interchange(claims, ENVELOPE)
    small = write_interchange(claims[:PEER_CLAIMS], ENVELOPE)
    models = sdk_models(small)
    theirs = rate("write: x12sdk", PEER_CLAIMS, lambda: write_transactions(models, sender_id="AA", receiver_id="BB"))
    print(f"  {'write: revcycle / x12sdk':<44}{ours / theirs:>10.1f}")
    rate("read to segments: revcycle", count, lambda: sum(1 for _ in read(content)))
    read_back = rate("read to claims: revcycle", count, lambda: sum(1 for _ in read_claims(content)))
    to_models = rate("read to models: x12sdk", PEER_CLAIMS, lambda: sdk_models(small))
    print(f"  {'read: revcycle / x12sdk':<44}{read_back / to_models:>10.1f}")
    rate("validate: pyx12", PEER_CLAIMS, lambda: validated(small))
    memory("peak memory of writing them", lambda: write_interchange(claims, ENVELOPE))
    memory("peak memory of reading them back", lambda: sum(1 for _ in read_claims(content)))


def memory(name: str, work: Callable[[], object]) -> None:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"  {name:<44}{peak / 1e6:>10.1f} MB")


def institutional(count: int) -> None:
    claims = many(an_institutional_claim(), "A", count)
    print(f"837I, three lines each ({count:,} claims)")
    rate("write: revcycle", count, lambda: write_interchange(claims, ENVELOPE))
    content = write_interchange(claims, ENVELOPE)
    rate("read to claims: revcycle", count, lambda: sum(1 for _ in read_claims(content)))


def acknowledgements(count: int) -> None:
    content = write_interchange(many(a_professional_claim(), "B", count), replace(ENVELOPE, control_number=2))
    received = read_interchange(content)

    def answered() -> list[bytes]:
        outcome = process(
            received, behaviour=Behaviour(), history=History(), already_used=False, at=NOW, first_control_number=1
        )
        return [answer.content for answer in outcome.answers if answer.kind == "277CA"]

    print(f"277CA ({count:,} claims)")
    rate("simulator: edits, 999 and two 277CA", count, answered)
    file = answered()[0]
    rate("read: revcycle", count, lambda: sum(1 for _ in read_answers(file, date(2026, 11, 24))), "answers")


def main() -> None:
    collect_seldom()
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--claims", type=int, default=5_000)
    count = arguments.parse_args().claims
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    professional(count)
    institutional(count)
    acknowledgements(count)
    implementation_acknowledgements(count, rate)
    remittances(count, rate)


if __name__ == "__main__":
    main()
