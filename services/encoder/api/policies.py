"""Who may do what at the encoder."""

from typing import Annotated

from shared.http import Principal, requires

CanReadCharts = Annotated[Principal, requires("charts:read")]
CanWriteCharts = Annotated[Principal, requires("charts:write")]
CanCodeCharts = Annotated[Principal, requires("charts:code")]
CanReadCodes = Annotated[Principal, requires("codes:read")]
CanManageQueue = Annotated[Principal, requires("queue:manage")]
CanReadQueries = Annotated[Principal, requires("queries:read")]
CanWriteQueries = Annotated[Principal, requires("queries:write")]
CanAnswerQueries = Annotated[Principal, requires("queries:answer")]
CanReadAudit = Annotated[Principal, requires("audit:read")]
CanAudit = Annotated[Principal, requires("audits:work")]
CanReadStatistics = Annotated[Principal, requires("stats:read")]

MANAGERS = frozenset({"coding manager"})
"""Roles that may hand charts to others and take them back."""


QUERY_LEADS = frozenset({"coding manager", "CDI lead"})
"""Roles that may send and withdraw the queries of others."""

ADVISORS = frozenset({"physician advisor"})
"""Roles that may answer a query that has gone to the physician advisor."""


def leads_queries(principal: Principal) -> bool:
    return not QUERY_LEADS.isdisjoint(principal.roles)


def is_advisor(principal: Principal) -> bool:
    return not ADVISORS.isdisjoint(principal.roles)


def is_manager(principal: Principal) -> bool:
    return not MANAGERS.isdisjoint(principal.roles)


OVERSEERS = MANAGERS | {"auditor", "compliance"}
"""Roles that see the figures and audits of every coder; others see their own."""


def sees_all_statistics(principal: Principal) -> bool:
    return not OVERSEERS.isdisjoint(principal.roles)
