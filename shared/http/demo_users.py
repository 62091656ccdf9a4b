"""The demo's people and systems: one for each role of the trade, with the scopes that the role works with."""

from collections.abc import Mapping
from dataclasses import dataclass

DEMO_TENANT = "demo"

_READ = frozenset({"charts:read", "codes:read", "claims:read"})
_CODE = _READ | {"charts:code", "group:run", "scrub:run", "stats:read"}
_AUDIT = frozenset({"audit:read", "audits:work", "stats:read", "group:run"})
_BILL = frozenset({"claims:read", "claims:correct", "claims:submit", "rejections:work", "scrub:run", "codes:read"})


@dataclass(frozen=True)
class DemoUser:
    """Somebody who can get a token from the local issuer. `is_system` decides the grant: secret or password."""

    role: str
    scopes: frozenset[str]
    is_system: bool = False


DEMO_USERS: Mapping[str, DemoUser] = {
    "trainee": DemoUser("trainee", _CODE),
    "coder": DemoUser("coder", _CODE),
    "senior-coder": DemoUser("senior coder", _CODE | {"claims:correct"}),
    "auditor": DemoUser("auditor", _READ | _AUDIT | {"scrub:run"}),
    "coding-manager": DemoUser("coding manager", _CODE | _AUDIT | {"charts:write", "claims:correct"}),
    "biller": DemoUser("biller", _BILL),
    "billing-lead": DemoUser("biller", _BILL | {"claims:release"}),
    "cdi": DemoUser("CDI specialist", _READ | {"group:run"}),
    "physician": DemoUser("physician", frozenset({"charts:read"})),
    "compliance": DemoUser("compliance", _READ | {"audit:read", "stats:read"}),
    "finance": DemoUser("finance", frozenset({"claims:read", "codes:read"})),
    "operations": DemoUser("operations", frozenset({"events:replay", "audit:read", "codes:read", "simulator:use"})),
    "ehr": DemoUser("EHR", frozenset({"charts:write", "charts:read", "codes:read"}), is_system=True),
    "clearinghouse": DemoUser(
        "clearinghouse", frozenset({"claims:read", "claims:submit", "codes:read", "simulator:use"}), is_system=True
    ),
}
"""By the name that they log in with."""
