"""The 837 writer: claims in, an interchange out. 005010X222A1 (professional) and 005010X223A2 (institutional).

A loop is a function from its model to its segments; the order of the code is the order of the guide. `elements`
holds the small parts, `parties` and `subscribers` the people, `health_codes` HI, `other_payers` what other payers
decided, `claim_*` and `line_*` the loops 2300 and 2400 of each kind; `interchange` puts them together.
"""

from services.submission.domain.x12.interchange import (
    EnvelopeSettings,
    UnwritableClaim,
    write_interchange,
)

__all__ = ["EnvelopeSettings", "UnwritableClaim", "write_interchange"]
