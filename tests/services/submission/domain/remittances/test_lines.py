"""Which line of the claim a service of an 835 is."""

from __future__ import annotations

import pytest

from services.submission.domain.remittances.documents import remitted_document
from services.submission.domain.remittances.lines import billed_lines, line_numbers
from services.submission.domain.x12.reading import read_remittances
from services.submission.domain.x12.reading.advice import RemittedClaim
from tests.services.submission.remittances import a_claim, a_service, an_835

BILLED = billed_lines(
    {
        "lines": [
            {"number": 1, "procedure": "99213", "control_number": "L77"},
            {"number": 2, "procedure": "93000"},
            {"number": 3, "procedure": "36415"},
            {"number": 4, "procedure": "36415"},
            {"number": 5, "revenue_code": "0450"},
        ]
    }
)


def read(*services: list[str]) -> RemittedClaim:
    text = an_835("0", a_claim("A", "1", "125", "0", *services))
    (claim,) = (one for one in read_remittances(text.encode()) if isinstance(one, RemittedClaim))
    return claim


ORDERS = [
    # The customer's own line number comes back, whatever the order is.
    ([a_service("93000", "50", "0", line="2"), a_service("99213", "75", "0", line="L77")], (2, 1)),
    # No REF*6R: by the code where one line has it, by place where two have.
    ([["SVC*HC:93000*50*0**1"], ["SVC*HC:99213*75*0**1"]], (2, 1)),
    ([["SVC*HC:99213*50*0"], ["SVC*HC:93000*5*0"], ["SVC*HC:36415*5*0"], ["SVC*HC:36415*5*0"]], (1, 2, 3, 4)),
    # One line that the payer splits in two.
    ([["SVC*HC:99213*60*0**1"], ["SVC*HC:99213*65*0**1"], ["SVC*HC:93000*0*0**1"]], (1, 1, 2)),
    # Bundled: decided as 80050, billed as 93000 (SVC06).
    ([["SVC*HC:80050*50*0**1*HC:93000*2"]], (2,)),
    ([["SVC*NU:0450*50*0**1"]], (5,)),
]


@pytest.mark.parametrize(("services", "expected"), ORDERS)
def test_a_service_is_of_the_line_that_it_names_else_of_its_code_else_of_its_place(
    services: list[list[str]], expected: tuple[int, ...]
):
    assert line_numbers(read(*services).lines, BILLED) == expected


def test_of_a_claim_that_is_not_known_a_number_is_taken_as_it_is():
    assert line_numbers(read(a_service("99213", "1", "0", line="7"), ["SVC*HC:93000*1*0"]).lines) == (7, 2)


def test_what_was_billed_is_kept_beside_what_was_paid():
    (line,) = remitted_document(read(["SVC*HC:80050*50*0**1*HC:93000*2"]))["lines"]
    assert (line["code"], line["billed_code"], line["billed_units"]) == ("80050", "93000", "2")
