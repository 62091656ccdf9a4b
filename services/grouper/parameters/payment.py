"""The rules of every payment system, read once."""

from __future__ import annotations

from services.grouper.domain.payment import PaymentRules
from services.grouper.parameters.ipps import load_ipps_rules
from services.grouper.parameters.mpfs import load_mpfs_rules
from services.grouper.parameters.opps import load_opps_rules


def load_payment_rules() -> PaymentRules:
    """Raises InvalidParameter or ValueError where a file does not make sense."""
    return PaymentRules(ipps=load_ipps_rules(), opps=load_opps_rules(), mpfs=load_mpfs_rules())
