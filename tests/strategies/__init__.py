"""Hypothesis strategies for claims of both kinds: anything that the canonical models hold and the 837 guides allow.

Identifiers have right check digits, codes come from the guides' lists, totals are the sums of their lines. Nothing here
is a real person or place.
"""

from tests.strategies.claims import drawn_claims, institutional_claims, professional_claims

__all__ = ["drawn_claims", "institutional_claims", "professional_claims"]
