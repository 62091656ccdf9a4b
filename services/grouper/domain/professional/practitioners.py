"""What the practitioner's profession and participation make of an amount."""

from __future__ import annotations

from datetime import date

from services.grouper.domain.estimates import Step
from services.grouper.domain.professional.calculation import Calculation, cents, dollars, plain, step
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.services import ProfessionalServices, ServiceLine

_THERAPY_ASSISTANTS = frozenset({"CO", "CQ"})


def kind_of(services: ProfessionalServices, line: ServiceLine, rules: MpfsRules, day: date) -> str:
    """As given, else by the taxonomy, else by modifier AS, which physicians do not use; else a physician."""
    if services.practitioner.kind is not None:
        return services.practitioner.kind
    taxonomies = rules.practitioner_taxonomies.on(day)
    taxonomy = line.taxonomy or ""
    found = [beginning for beginning in taxonomies if taxonomy.startswith(beginning)]
    if found:
        return taxonomies[max(found, key=len)]
    return "physician-assistant" if "AS" in line.modifiers else "physician"


def by_profession(
    calculation: Calculation, services: ProfessionalServices, line: ServiceLine, rules: MpfsRules, day: date
) -> Calculation:
    """The share that the profession is paid, then that of therapy assistants. Raises NoEdition."""
    edition = rules.practitioner_shares[kind_of(services, line, rules, day)].edition_on(day)
    if edition.value != 1:
        calculation = calculation.share("practitioner", edition)
    if _THERAPY_ASSISTANTS & frozenset(line.modifiers):
        calculation = calculation.share("therapy-assistant", rules.therapy_assistant.edition_on(day))
    return calculation


def by_participation(
    calculation: Calculation, services: ProfessionalServices, line: ServiceLine, rules: MpfsRules, day: date
) -> Calculation:
    """Less where the practitioner does not participate and need not accept assignment."""
    if services.practitioner.participating:
        return calculation
    if kind_of(services, line, rules, day) in rules.mandatory_assignment.on(day):
        return calculation
    return calculation.share("nonparticipating", rules.nonparticipating.edition_on(day))


def limiting_charge(calculation: Calculation, rules: MpfsRules, day: date) -> Step:
    """The most that may be charged where assignment is not accepted. Not part of what Medicare allows."""
    edition = rules.limiting_charge.edition_on(day)
    amount = cents(calculation.amount * edition.value)
    return step("limiting-charge", amount, f"{dollars(calculation.amount)} × {plain(edition.value)}", edition.source)
