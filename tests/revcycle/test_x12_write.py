"""`revcycle x12 write`: claims into one 837, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from services.submission.domain.x12 import EnvelopeSettings, write_interchange
from shared.claims import Contact, ProfessionalClaim
from shared.x12 import TradingPartner
from tests.builders import a_patient, a_person, a_professional_claim, a_subscriber, an_institutional_claim, commercial
from tests.revcycle.conftest import Run
from tests.services.submission.domain.x12.test_interchange import with_id

VISITS = [with_id(a_professional_claim(), number).build() for number in (1, 2)]
STAY = with_id(an_institutional_claim(), 3).build()


def named(last: str) -> ProfessionalClaim:
    who = a_person(last=last)
    coverage = commercial(subscriber=a_subscriber(person=who))
    claim: ProfessionalClaim = with_id(
        a_professional_claim().but(patient=a_patient(name=who), coverages=[coverage]), 7
    ).build()
    return claim


def ndjson(*claims: object) -> str:
    return "".join(f"{claim.model_dump_json()}\n" for claim in claims)  # type: ignore[attr-defined]  # a claim


def test_claims_are_written_as_the_writer_writes_them(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "claims.837"
    done = run(
        "x12", "write", "-", "-o", str(out), "--sender", "CLINIC", "--sender-qualifier", "30",
        "--receiver", "PAYER01", "--receiver-name", "A PAYER", "--receiver-id", "87726", "--control-number", "42",
        "--created-at", "2026-11-24T12:05:00", "--production", "--contact-name", "EDI",
        given=ndjson(*VISITS),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_bytes() == write_interchange(
        VISITS,
        EnvelopeSettings(
            sender=TradingPartner("CLINIC", "30"),
            sender_name="REVCYCLE",
            submitter_id="CLINIC",
            contact=Contact(name="EDI", telephone="6155550100"),
            receiver=TradingPartner("PAYER01"),
            receiver_name="A PAYER",
            receiver_id="87726",
            control_number=42,
            created_at=datetime(2026, 11, 24, 12, 5, tzinfo=UTC),
            usage="P",
        ),
    )


def test_what_is_written_is_read_and_checked_by_the_other_commands(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_text(run("x12", "write", "-", given=ndjson(*VISITS)).stdout)
    assert run("x12", "check", str(file)).returncode == 0
    read = [orjson.loads(line) for line in run("x12", "read", str(file)).stdout.splitlines()]
    assert [claim["patient_control_number"] for claim in read] == ["PCN1", "PCN2"]


def test_one_bad_line_keeps_everything_back_and_is_named_in_one_line(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "claims.837"
    out.write_text("what was there before")
    bad = VISITS[1].model_dump(mode="json")
    bad["lines"][0]["charge"] = "12.345"
    done = run("x12", "write", "-", "-o", str(out), given=ndjson(VISITS[0]) + orjson.dumps(bad).decode() + "\n")
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"claim {VISITS[1].id}: /lines/0/charge (2400.SV102): " in line
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["claims.837"]
    assert out.read_text() == "what was there before"


@pytest.mark.parametrize(
    ("given", "options", "said"),
    [
        (ndjson(VISITS[0], STAY), (), "--kind"),
        (ndjson(VISITS[0], VISITS[0]), (), "same patient control number"),
        (ndjson(STAY), ("--kind", "professional"), "no claim"),
        (ndjson(VISITS[0]) + "{}\n", (), "line 2 is no claim: its kind is none"),
        (ndjson(VISITS[0]) + '{"kind": x\n', (), "line 2 is no claim: no JSON at column 10"),
        (ndjson(VISITS[0]), ("--sender", "A SENDER OF SIXTEEN"), "15 characters"),
        (ndjson(named("王")), (), "PCN7"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_one_line_and_exit_code_2(
    run: Run, given: str, options: tuple[str, ...], said: str
) -> None:
    done = run("x12", "write", "-", *options, given=given)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_claims_of_one_kind_are_picked_out(run: Run) -> None:
    done = run("x12", "write", "-", "--kind", "institutional", given=ndjson(*VISITS, STAY))
    assert (done.returncode, done.stdout.count("~CLM*")) == (0, 1)
    assert "005010X223A2" in done.stdout


def test_the_basic_set_has_no_small_letters(run: Run) -> None:
    assert "*PENA*" in run("x12", "write", "-", "--basic", given=ndjson(named("Peña"))).stdout


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--sender", " ", "cannot be blank"),
        ("--receiver-name", "", "cannot be blank"),
        ("--sender-qualifier", "XX", "'30', '33', 'ZZ'"),
        ("--contact-telephone", "615-555-0100", "ten digits"),
    ],
)
def test_an_envelope_that_nobody_takes_is_refused_before_anything_is_read(
    run: Run, option: str, value: str, said: str
) -> None:
    done = run("x12", "write", "-", option, value, given=ndjson(VISITS[0]))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_is_full_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    claims = tmp_path / "claims.ndjson"
    claims.write_text(ndjson(*VISITS))
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "revcycle", "x12", "write", str(claims)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == "revcycle: standard output: No space left on device\n"
