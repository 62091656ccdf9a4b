"""The 837 reader: 005010X222A1 and 005010X223A2 back into claims, the writer's counterpart.

What stands where is in tables: `level_loops` down to the patient, `claim_loops`, `payer_loops`, `line_loops` below
CLM, `health_codes` HI. A table says of each loop which segments it holds, how often, in which order, and the field that
each element fills. `reader` follows the loops, `documents` puts a claim together, `models` makes it one of ours, and
`envelope` and `checks` look at what no claim holds. `structure` checks files of any transaction set,
`balances` the sums of an 835.
"""

from services.submission.domain.x12.reading.envelope import ClaimEnvelope, Envelope
from services.submission.domain.x12.reading.faults import Fault, Placed
from services.submission.domain.x12.reading.reader import NoClaims, Received, ReceivedClaim, read_claims
from services.submission.domain.x12.reading.structure import check, holds_claims

__all__ = [
    "ClaimEnvelope",
    "Envelope",
    "Fault",
    "NoClaims",
    "Placed",
    "Received",
    "ReceivedClaim",
    "check",
    "holds_claims",
    "read_claims",
]
