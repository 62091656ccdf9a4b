"""The 837 reader: 005010X222A1 and 005010X223A2 back into claims, the writer's counterpart; and the 835 reader.

What stands where is in tables: `level_loops` down to the patient, `claim_loops`, `payer_loops`, `line_loops` below
CLM, `health_codes` HI. A table says of each loop which segments it holds, how often, in which order, and the field that
each element fills. `reader` follows the loops, `documents` puts a claim together, `models` makes it one of ours, and
`envelope` and `checks` look at what no claim holds. `remittance` reads 005010X221A1, `balances` its sums.
`structure` checks files of any transaction set.
"""

from services.submission.domain.x12.reading.envelope import ClaimEnvelope, Envelope
from services.submission.domain.x12.reading.faults import NOT_CARRIED, Fault, Placed
from services.submission.domain.x12.reading.reader import NoClaims, Received, ReceivedClaim, read_claims
from services.submission.domain.x12.reading.remittance import NotARemittance, read_remittances
from services.submission.domain.x12.reading.structure import check, first_set, holds_claims, holds_remittances

__all__ = [
    "NOT_CARRIED",
    "ClaimEnvelope",
    "Envelope",
    "Fault",
    "NoClaims",
    "NotARemittance",
    "Placed",
    "Received",
    "ReceivedClaim",
    "check",
    "first_set",
    "holds_claims",
    "holds_remittances",
    "read_claims",
    "read_remittances",
]
