"""The demo's people and systems: one for each role of the trade, with the scopes that the role works with."""

from collections.abc import Mapping
from dataclasses import dataclass

DEMO_TENANT = "demo"

_READ = frozenset({"charts:read", "codes:read", "claims:read"})
_ASK = frozenset({"queries:read", "queries:write"})
_ANSWER = frozenset({"charts:read", "queries:read", "queries:answer"})
_CODE = _READ | _ASK | {"charts:code", "group:run", "scrub:run", "stats:read"}
_AUDIT = frozenset({"audit:read", "audits:work", "stats:read", "group:run"})
_RULES = frozenset({"rules:read", "rules:write", "rules:approve"})
_BILL = frozenset({"claims:read", "claims:correct", "claims:submit", "rejections:work", "scrub:run", "codes:read"})
_POST = frozenset({"remittances:read", "remittances:post", "denials:work"})


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
    "auditor": DemoUser("auditor", _READ | _AUDIT | {"queries:read", "scrub:run"}),
    "coding-manager": DemoUser(
        "coding manager", _CODE | _AUDIT | _RULES | {"queue:manage", "charts:write", "claims:correct"}
    ),
    "biller": DemoUser("biller", _BILL | _POST | {"rules:read"}),
    "billing-lead": DemoUser(
        "biller", _BILL | _POST | _RULES | {"claims:release", "routes:manage", "payers:manage", "stats:read"}
    ),
    "cdi": DemoUser("CDI specialist", _READ | _ASK | {"group:run"}),
    "physician": DemoUser("physician", _ANSWER),
    "physician-advisor": DemoUser("physician advisor", _ANSWER),
    "cdi-lead": DemoUser("CDI lead", _READ | _ASK | {"group:run"}),
    "compliance": DemoUser("compliance", _READ | {"queries:read", "audit:read", "stats:read", "rules:read"}),
    "finance": DemoUser("finance", frozenset({"claims:read", "codes:read", "stats:read", "remittances:read"})),
    "operations": DemoUser("operations", frozenset({"events:replay", "audit:read", "codes:read", "simulator:use"})),
    "ehr": DemoUser("EHR", frozenset({"charts:write", "charts:read", "codes:read"}), is_system=True),
    "clearinghouse": DemoUser(
        "clearinghouse", frozenset({"claims:read", "claims:submit", "codes:read", "simulator:use"}), is_system=True
    ),
}
"""By the name that they log in with."""
