"""`revcycle x12`: files of X12 read into JSON, and their structure and balance checked."""

from __future__ import annotations

import io
from pathlib import Path

import orjson
import pytest

from revcycle.x12_files import write_check
from services.submission.domain.x12 import write_interchange
from shared.claims import CLAIM
from tests.builders import a_professional_claim, an_institutional_claim
from tests.revcycle.conftest import Run
from tests.services.submission.domain.x12.test_interchange import ENVELOPE, with_id

CLAIMS = write_interchange([with_id(a_professional_claim(), number).build() for number in (1, 2)], ENVELOPE)


def interchange(group: str, version: str, body: str) -> bytes:
    """One transaction set in its envelope, with right counts."""
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'A':15}*ZZ*{'B':15}*261124*1205*^*00501*000000001*0*T*:~"
    count = body.count("~") + 1
    group_header = f"GS*{group}*A*B*20261124*1205*1*X*{version}~"
    return f"{isa}{group_header}{body}SE*{count}*0001~GE*1*1~IEA*1*000000001~".encode()


PAYMENT = interchange(
    "HP",
    "005010X221A1",
    "ST*835*0001~BPR*I*130*C*CHK************20261201~TRN*1*1*1512345678~"
    "N1*PR*PAYER~N3*1 MAIN STREET~N4*NASHVILLE*TN*37203~PER*BL*EDI~N1*PE*CLINIC*XX*1234567893~LX*1~"
    "CLP*PCN1*1*100*80*20*12*ICN1~NM1*QC*1*DOE*JOAN~SVC*HC:99213*100*80~CAS*PR*1*15**2*5~"
    "CLP*PCN2*1*90*60**12*ICN2~CAS*CO*45*20~NM1*QC*1*DOE*JACK~SVC*HC:99214*90*80~CAS*CO*45*10~"
    "PLB*1*20261231*WO:1*10~",
)
"""By hand: 100 - 15 - 5 = 80; of the other claim the line 90 - 10 = 80, and 20 less on the claim as such make 60;
80 + 60 - 10 = 130."""


def checked(content: bytes) -> list[tuple[str, str | None]]:
    written: list[bytes] = []
    sound = write_check(io.BytesIO(content), written.append, "json").is_sound
    faults = [orjson.loads(line) for line in written]
    assert sound == (not any(fault["severity"] == "error" for fault in faults))
    return [(fault["code"], fault["answer"]) for fault in faults]


def test_claims_of_an_837_are_read_into_the_json_that_everything_takes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(CLAIMS)
    done = run("x12", "read", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    claims = [CLAIM.validate_json(line) for line in done.stdout.splitlines()]
    assert [claim.patient_control_number for claim in claims] == ["PCN1", "PCN2"]
    again = tmp_path / "claims.ndjson"
    again.write_text(done.stdout)
    assert run("scrub", str(again), "--as-of", "2026-11-24").returncode == 0


def test_a_claim_that_cannot_be_made_is_told_of_and_the_next_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(CLAIMS.replace(b"SV1*HC:99213*125*UN*1***1~", b"SV1*HC:99213*125*UN*x***1~", 1))
    done = run("x12", "read", str(file))
    assert done.returncode == 1
    assert [orjson.loads(line)["patient_control_number"] for line in done.stdout.splitlines()] == ["PCN2"]
    [line] = done.stderr.splitlines()
    assert line.startswith("claim PCN1: byte ")
    assert "2400.SV104" in line
    assert line.endswith("[999 IK403 6]")


def test_answers_of_a_999_are_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "answer.999"
    body = "ST*999*0001*005010X231A1~AK1*HC*42*005010X222A1~AK2*837*0001~IK5*R*3~AK9*R*1*1*0~"
    file.write_bytes(interchange("FA", "005010X231A1", body))
    done = run("x12", "read", str(file))
    assert done.returncode == 0
    answers = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [(one["source"], one["scope"], one["verdict"]) for one in answers] == [
        ("999", "transaction", "rejected"),
        ("999", "group", "none"),  # the sum of its sets: AK905 gives no reason of its own
    ]


@pytest.mark.parametrize("content", [CLAIMS, write_interchange([an_institutional_claim().build()], ENVELOPE), PAYMENT])
def test_a_sound_file_has_nothing_to_tell(content: bytes) -> None:
    assert checked(content) == []


def test_a_total_that_is_not_the_sum_of_the_lines_is_told() -> None:
    assert checked(CLAIMS.replace(b"CLM*PCN2*125*", b"CLM*PCN2*126*")) == [("x12-claim-total", "A8:178")]


def test_what_does_not_balance_in_a_payment_is_told_at_each_level() -> None:
    assert checked(PAYMENT.replace(b"BPR*I*130", b"BPR*I*131")) == [("x12-payment-balance", None)]
    assert checked(PAYMENT.replace(b"**2*5~", b"**2*4~")) == [
        ("x12-claim-balance", None), ("x12-patient-responsibility", None), ("x12-service-balance", None),
    ]  # fmt: skip


def test_of_a_hopeless_file_the_first_faults_are_told_and_how_many_more_there_are(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hopeless.835"
    file.write_bytes(PAYMENT.replace(b"SE*20*0001", b"SE*21*0002").replace(b"IEA*1*000000001~", b""))
    everything = run("x12", "check", str(file))
    assert (everything.returncode, len(everything.stdout.splitlines()), everything.stderr) == (1, 3, "")
    some = run("x12", "check", "--most", "1", str(file))
    assert (some.returncode, some.stdout.splitlines()) == (1, everything.stdout.splitlines()[:1])
    assert some.stderr == "2 more faults; --most 0 tells all\n"


def test_counts_and_numbers_of_any_set_are_checked() -> None:
    assert checked(PAYMENT.replace(b"SE*20*0001", b"SE*21*0002")) == [
        ("x12-set-control-number", "999 IK502 3"), ("x12-set-count", "999 IK502 4"),
    ]  # fmt: skip
    assert checked(PAYMENT.replace(b"IEA*1*000000001~", b"")) == [("x12-interchange-trailer", "TA1 023")]


def test_what_the_guide_of_an_answer_does_not_know_is_told_with_its_place(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "answer.999"
    body = "ST*999*0001*005010X231A1~AK1*HC*42*005010X222A1~AK2*837*0001~IK5*Q*3~AK9*R*1*1~"
    file.write_bytes(interchange("FA", "005010X231A1", body))
    done = run("x12", "check", str(file))
    assert done.returncode == 1
    code, missing = done.stdout.splitlines()
    assert "segment 4, 2000.IK501: error: IK501 is no code that the guide has here (x12-element-code)" in code
    assert "segment 5, AK904: error: AK904 is required and missing (x12-element-missing)" in missing


def test_a_set_without_a_guide_of_ours_is_said_to_be_unlooked_at() -> None:
    assert checked(interchange("HS", "005010X279A1", "ST*270*0001*005010X279A1~BHT*0022*13*1~")) == [
        ("x12-set-version", None)
    ]


def test_each_fault_is_a_line_with_its_place(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    content = CLAIMS.replace(b"CLM*PCN2*125*", b"CLM*PCN2*126*")
    file.write_bytes(content)
    done = run("x12", "check", str(file))
    assert done.returncode == 1
    offset = content.index(b"CLM*PCN2")
    segment = content[content.index(b"ST*") : offset].count(b"~") + 1
    [line] = done.stdout.splitlines()
    assert line.startswith(f"byte {offset}, segment {segment}, 2300.CLM02: error: CLM02 is 126.00")


@pytest.mark.parametrize("command", ["read", "check"])
def test_what_is_no_x12_is_one_line_and_exit_code_2(run: Run, tmp_path: Path, command: str) -> None:
    file = tmp_path / "something"
    file.write_bytes(b"\x89PNG\r\n")
    done = run("x12", command, str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_of_no_set_that_is_read_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "enquiry.270"
    file.write_bytes(interchange("HS", "005010X279A1", "ST*270*0001~BHT*0022*13*1*20261124*1205~"))
    assert run("x12", "read", str(file)).returncode == 2


def test_payments_of_an_835_are_read_with_their_claims_and_their_sums(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(PAYMENT)
    done = run("x12", "read", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    payment, first, second, adjustment, end = map(orjson.loads, done.stdout.splitlines())
    assert (payment["trace_number"], payment["payer"]["name"]) == ("1", "PAYER")
    assert [(one["group"], one["reason"], one["amount"]) for one in first["lines"][0]["adjustments"]] == [
        ("PR", "1", "15.00"), ("PR", "2", "5.00"),
    ]  # fmt: skip
    assert (second["paid"], second["adjustments"][0]["amount"]) == ("60.00", "20.00")
    assert (adjustment["reason"], adjustment["amount"]) == ("WO", "10.00")
    assert (end["claims_paid"], end["provider_adjusted"], end["is_balanced"]) == ("140.00", "10.00", True)
