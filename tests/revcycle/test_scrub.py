"""`revcycle scrub`: files of claims in, what is wrong with them out."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from revcycle.claim_files import UnreadableClaims
from revcycle.scrub_files import write_findings
from services.scrubber.bootstrap import create_scrubber
from services.scrubber.domain.examination import Scrubber
from services.submission.domain.x12 import write_interchange
from tests.builders import ClaimBuilder, a_professional_claim, an_institutional_claim
from tests.revcycle.conftest import Run
from tests.services.submission.domain.x12.test_interchange import ENVELOPE, with_id

AS_OF = date(2026, 11, 24)
BAD_NPI = "1234567890"  # the check digit of 123456789 is 3
NPI_EDIT = "provider-npi-invalid"


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    return create_scrubber()


def clean() -> ClaimBuilder:
    return with_id(a_professional_claim(), 1)


def with_bad_npi() -> ClaimBuilder:
    return with_id(a_professional_claim().with_billing(npi=BAD_NPI), 2)


def answers(scrubber: Scrubber, content: bytes, form: str = "json", as_of: date = AS_OF) -> tuple[bytes, bool]:
    written: list[bytes] = []
    clean = write_findings(io.BytesIO(content), scrubber, as_of, written.append, form)
    return b"".join(written), clean


def objects(scrubber: Scrubber, content: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in answers(scrubber, content)[0].splitlines()]


def as_json(*claims: ClaimBuilder) -> list[bytes]:
    return [orjson.dumps(claim.document()) for claim in claims]


def forms() -> Iterator[tuple[str, bytes]]:
    one, other = as_json(clean(), with_bad_npi())
    yield "ndjson", one + b"\n\n" + other + b"\n"
    yield "a list", b"\xef\xbb\xbf [" + one + b"," + other + b"]"
    yield "837", write_interchange([clean().build(), with_bad_npi().build()], ENVELOPE)


@pytest.mark.parametrize(("name", "content"), list(forms()), ids=[name for name, _ in forms()])
def test_each_claim_of_a_file_is_answered_in_its_order(scrubber: Scrubber, name: str, content: bytes):
    first, second = objects(scrubber, content)
    ids = ("PCN1", "PCN2") if name == "837" else (clean().fields["id"], with_bad_npi().fields["id"])
    assert (first["claim_id"], second["claim_id"]) == ids
    assert (first["patient_control_number"], first["outcome"], first["findings"]) == ("PCN1", "cleared", [])
    (finding,) = [one for one in second["findings"] if one["severity"] == "error"]
    assert (finding["edit"], finding["pointer"]) == (NPI_EDIT, "/billing/npi")
    assert (finding["x12"], finding["predicted"]) == ("2010AA.NM109", "A7:562:85")
    assert BAD_NPI not in finding["message"]


def test_one_claim_may_stand_over_many_lines(scrubber: Scrubber):
    (answer,) = objects(scrubber, orjson.dumps(clean().document(), option=orjson.OPT_INDENT_2))
    assert (answer["claim_id"], answer["findings"]) == (clean().fields["id"], [])


def test_a_file_is_clean_where_no_claim_has_an_error(scrubber: Scrubber):
    assert answers(scrubber, as_json(clean())[0])[1]
    assert not answers(scrubber, as_json(with_bad_npi())[0])[1]


def test_a_finding_of_an_837_says_where_in_the_file(scrubber: Scrubber):
    content = write_interchange([with_bad_npi().build()], ENVELOPE)
    (answer,) = objects(scrubber, content)
    (finding,) = [one for one in answer["findings"] if one["edit"] == NPI_EDIT]
    assert content[finding["offset"] :].startswith(b"NM1*85*")
    assert finding["segment"] == content[content.index(b"ST*") : finding["offset"]].count(b"~") + 1


def test_faults_of_the_envelope_are_findings_without_a_claim(scrubber: Scrubber):
    content = write_interchange([clean().build()], ENVELOPE).replace(b"GE*1*", b"GE*2*").replace(b"IEA*1*", b"IEA*4*")
    of_claim, of_file = objects(scrubber, content)
    assert of_claim["findings"] == []
    assert of_file["claim_id"] is None
    assert [(one["edit"], one["predicted"], one["x12"]) for one in of_file["findings"]] == [
        ("x12-group-count", "999 AK905 5", "GE01"), ("x12-interchange-count", "TA1 021", "IEA01"),
    ]  # fmt: skip
    assert not answers(scrubber, content)[1]


def test_an_element_that_no_claim_can_hold_is_told_once(scrubber: Scrubber):
    content = write_interchange([clean().build()], ENVELOPE).replace(b"DTP*472*D8*20261116", b"DTP*472*D8*20261399")
    (answer,) = objects(scrubber, content)
    found = [one for one in answer["findings"] if one["pointer"] == "/lines/0/service_from"]
    assert [(one["edit"], one["predicted"], one["x12"]) for one in found] == [
        ("x12-element-date", "999 IK403 8", "2400.DTP03")
    ]


def test_a_claim_that_its_model_refuses_is_answered_and_the_next_goes_on(scrubber: Scrubber):
    document = clean().document() | {"total_charge": "-1.00"}
    first, second = objects(scrubber, b"\n".join([orjson.dumps(document), *as_json(clean())]))
    assert first["outcome"] == "unreadable"
    assert [(one["edit"], one["pointer"], one["x12"]) for one in first["findings"]] == [
        ("claim-form", "/total_charge", "2300.CLM02")
    ]
    assert second["outcome"] == "cleared"


def test_the_table_has_a_row_for_each_finding_and_the_figures(scrubber: Scrubber):
    content = write_interchange([clean().build(), with_bad_npi().build()], ENVELOPE)
    rows = answers(scrubber, content, "table")[0].decode().splitlines()
    assert rows[:2] == ["PCN1: clean", "PCN2: 1 error"]
    assert rows[2].startswith("  error    2010AA.NM109")
    assert rows[-1] == "2 claims: 1 without error, 1 with, 0 that cannot be made"


def test_an_annotated_file_has_each_segment_on_a_line_and_remarks_below_it(scrubber: Scrubber):
    content = write_interchange([with_bad_npi().build(), clean().build()], ENVELOPE)
    lines = answers(scrubber, content, "x12")[0].decode().splitlines()
    remarks = [number for number, line in enumerate(lines) if line.startswith("    ^ ")]
    assert "".join(line for number, line in enumerate(lines) if number not in remarks) == content.decode()
    (remark,) = remarks
    assert lines[remark - 1].startswith("NM1*85*")
    assert lines[remark].startswith(f"    ^ error 2010AA.NM109 {NPI_EDIT}: ")
    assert lines[remark].endswith("[A7:562:85]")


def test_an_institutional_file_is_scrubbed_as_one(scrubber: Scrubber):
    claim = with_id(an_institutional_claim().but(patient_status=None), 3)
    (answer,) = objects(scrubber, write_interchange([claim.build()], ENVELOPE))
    assert "2300.CL103" in [finding["x12"] for finding in answer["findings"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"no claims here", "line 1"),
        (b"[1, {}]", "item 1 is no claim, and 1 more"),
        (b"[]", "the list is empty"),
        (b"[", "neither X12 nor JSON"),
        (b'{"claims": []}', "line 1 is no claim: its kind is none of professional and institutional"),
        (b"A" * 4_000_001 + b"\n{}", "line 1 is no claim: it is longer than 4,000,000 bytes, and 1 more"),
        (gzip.compress(b"{}", mtime=0), "unpack it first"),
        ("{}".encode("utf-16"), "write it as UTF-8"),
        (b"ISA*00*", "no X12 that can be read"),
    ],
)
def test_what_holds_no_claims_is_refused(scrubber: Scrubber, content: bytes, said: str):
    with pytest.raises(UnreadableClaims, match=said):
        answers(scrubber, content)


def test_a_file_that_ends_after_its_header_has_the_answer_to_that_and_no_claims(scrubber: Scrubber):
    header = write_interchange([clean().build()], ENVELOPE)[:106]
    written: list[bytes] = []
    with pytest.raises(UnreadableClaims, match="no 837"):
        write_findings(io.BytesIO(header), scrubber, AS_OF, written.append, "json")
    assert [one["predicted"] for line in written for one in orjson.loads(line)["findings"]] == ["TA1 023"]


@pytest.mark.parametrize(("as_written", "found"), [(True, []), (False, ["timely-filing"])])
def test_an_old_837_is_judged_by_the_day_on_which_it_was_made(scrubber: Scrubber, as_written: bool, found: list[str]):
    """The claim of November 2026 was in time when it was written; Medicare takes none after a year."""
    content = write_interchange([clean().build()], ENVELOPE)
    written: list[bytes] = []
    write_findings(io.BytesIO(content), scrubber, date(2028, 1, 3), written.append, "json", as_written=as_written)
    assert [one["edit"] for line in written for one in orjson.loads(line)["findings"]] == found


def test_an_837_that_is_older_than_its_services_is_judged_by_the_day_that_is_asked(scrubber: Scrubber):
    content = write_interchange([clean().build()], ENVELOPE).replace(b"*20261124*1205*CH", b"*20261101*1205*CH")
    assert b"*20261101*1205*CH" in content
    written: list[bytes] = []
    assert write_findings(io.BytesIO(content), scrubber, AS_OF, written.append, "json", as_written=True)


def test_claims_before_and_after_a_bad_line_are_answered(scrubber: Scrubber):
    written: list[bytes] = []
    content = b"\n".join([*as_json(clean()), b"{", *as_json(with_bad_npi())])
    with pytest.raises(UnreadableClaims, match="line 2 is no claim"):
        write_findings(io.BytesIO(content), scrubber, AS_OF, written.append, "json")
    assert len(written) == 2


def test_the_command_ends_with_1_where_there_is_an_error_and_2_where_there_are_no_claims(run: Run, tmp_path: Path):
    good, bad, none = (tmp_path / name for name in ("good", "bad", "none"))
    good.write_bytes(as_json(clean())[0])
    bad.write_bytes(as_json(with_bad_npi())[0])
    none.write_bytes(b"PK\x03\x04")
    day = ("--as-of", AS_OF.isoformat())
    done = run("scrub", str(good), *day)
    assert (done.returncode, orjson.loads(done.stdout)["findings"]) == (0, [])
    assert run("scrub", str(bad), *day, "--format", "table").returncode == 1
    refused = run("scrub", str(none), *day)
    assert refused.returncode == 2
    [line] = refused.stderr.splitlines()
    assert line.startswith("revcycle: ")


def test_a_day_is_what_the_edits_go_by(run: Run, tmp_path: Path):
    """A claim that goes out before its day of service is wrong that day."""
    file = tmp_path / "claims"
    file.write_bytes(as_json(clean())[0])
    assert run("scrub", str(file), "--as-of", "2026-11-01").returncode == 1
    assert run("scrub", str(file), "--as-of", "yesterday").returncode == 2
    assert run("scrub", str(file), "--format", "xml").returncode == 2
