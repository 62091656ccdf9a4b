"""Who may do what at the encoder."""

from typing import Annotated

from shared.http import Principal, requires

CanReadCharts = Annotated[Principal, requires("charts:read")]
CanWriteCharts = Annotated[Principal, requires("charts:write")]
CanCodeCharts = Annotated[Principal, requires("charts:code")]
CanReadCodes = Annotated[Principal, requires("codes:read")]
CanReadAudit = Annotated[Principal, requires("audit:read")]

MANAGERS = frozenset({"coding manager"})
"""Roles that may hand charts to others and take them back."""


def is_manager(principal: Principal) -> bool:
    return not MANAGERS.isdisjoint(principal.roles)
