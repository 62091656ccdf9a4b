"""The decision on a claim: its DRG, why none applies, or why it must go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.grouper.domain.answers import assignment, is_grouped, reasons_of
from services.grouper.domain.checks import faults_of
from services.grouper.domain.conversion import ConvertedStay, convert_stay
from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import CLAIM_POINTERS, AnySubject, Stay, stay_of
from services.grouper.errors import EngineFailed
from shared.claims import CodeConversion, Grouping, InstitutionalClaim, Npi, ProfessionalClaim, ReturnReason
from shared.tables import ReferenceTables, Tables, ipps


@dataclass(frozen=True)
class Returned:
    """The claim has no DRG as it stands."""

    reasons: tuple[ReturnReason, ...]


@dataclass(frozen=True)
class GroupedStay:
    """A stay that has a DRG, with what the engine was asked and what it answered."""

    stay: Stay
    asked: GrouperInput
    answer: GrouperAnswer
    conversions: tuple[CodeConversion, ...] = ()
    """What its codes were reported as, where they were converted first."""


Decision = Grouping | Returned


@dataclass(frozen=True)
class Question:
    """A stay that may go to the engine."""

    stay: Stay
    stay_input: GrouperInput
    pointers: dict[str, str]
    conversions: tuple[CodeConversion, ...] = ()


@dataclass(frozen=True)
class Grouper:
    """Decides on claims and stays, by the tables as they are when it is asked. Safe to share."""

    engine: DrgEngine
    rules: Rules
    tables: ReferenceTables
    poa_exempt_npis: frozenset[Npi] = field(default_factory=frozenset)

    async def decide(self, subjects: Sequence[AnySubject]) -> list[Decision | EngineFailed]:
        """One decision for each subject, in order; EngineFailed stands where the engine failed.

        Raises EngineBusy, and UnreadableTable where the reference tables are damaged.
        """
        tables = self.tables.current()
        prepared = [self.prepare(subject, tables) for subject in subjects]
        questions = [item for item in prepared if isinstance(item, Question)]
        answers = iter(await self.engine.group([question.stay_input for question in questions]) if questions else ())
        return [self.conclude(item, next(answers), tables) if isinstance(item, Question) else item for item in prepared]

    async def group_stay(self, subject: AnySubject, tables: Tables) -> GroupedStay | Decision:
        """One subject by these tables: its stay where that has a DRG, else what was decided.

        Raises EngineBusy, EngineFailed, UnreadableTable.
        """
        prepared = self.prepare(subject, tables)
        if not isinstance(prepared, Question):
            return prepared
        [answer] = await self.engine.group([prepared.stay_input])
        if isinstance(answer, EngineFailed):
            raise answer
        if not is_grouped(answer):
            return Returned(reasons_of(prepared.stay, answer, prepared.pointers))
        return GroupedStay(prepared.stay, prepared.stay_input, answer, prepared.conversions)

    def prepare(self, subject: AnySubject, tables: Tables) -> Decision | Question:
        """What can be decided without the engine, or what to ask it."""
        if isinstance(subject, Stay):
            is_converted = subject.coded_on is not None and subject.coded_on != subject.discharge_date
            return self._converted(subject, tables) if is_converted else self._question(subject, tables, {})
        if isinstance(subject, ProfessionalClaim):
            return self._not_applicable(subject, "MS-DRG does not apply to professional claims")
        stay = self.stay_billed(subject)
        if stay is None:
            return self._not_applicable(subject, "MS-DRG applies to inpatient hospital stays (type of bill 011x) only")
        return self._question(stay, tables, CLAIM_POINTERS)

    def stay_billed(self, subject: AnySubject) -> Stay | None:
        """The stay that a subject is or bills and a DRG applies to; None where none does, by kind or type of bill."""
        if isinstance(subject, Stay):
            return subject
        if isinstance(subject, ProfessionalClaim):
            return None
        facility_types = self.rules.drg_facility_types.on_or(subject.statement_through, frozenset())
        is_stay = subject.facility_type in facility_types
        return stay_of(subject, poa_exempt=self._poa_exempt(subject)) if is_stay else None

    def _question(self, stay: Stay, tables: Tables, pointers: dict[str, str]) -> Returned | Question:
        faults = faults_of(stay, self.rules, tables, pointers)
        if faults:
            return Returned(faults)
        return Question(stay, grouper_input(stay, self.rules), pointers)

    def _converted(self, stay: Stay, tables: Tables) -> Returned | Question:
        """The question on a stay that was coded in another year, with the codes of its day of discharge."""
        conversion = convert_stay(stay, tables, self.rules)
        if not isinstance(conversion, ConvertedStay):
            return Returned(conversion)
        question = self._question(conversion.stay, tables, {})
        return replace(question, conversions=conversion.conversions) if isinstance(question, Question) else question

    def _not_applicable(self, claim: ProfessionalClaim | InstitutionalClaim, reason: str) -> Decision:
        day = claim.last_day
        if day is None:
            reason_for_coder = ReturnReason(
                code="grouper-service-date-missing",
                message="no line of the claim has a date of service",
                pointer="/lines",
                source="005010X222A1 2400 DTP*472 (date of service, required)",
            )
            return Returned((reason_for_coder,))
        return Grouping(method="none", reason=reason, as_of=day)

    def _poa_exempt(self, claim: InstitutionalClaim) -> bool:
        taxonomies = self.rules.poa_exempt_taxonomies.on_or(claim.statement_through, frozenset())
        return claim.billing.taxonomy in taxonomies or claim.billing.npi in self.poa_exempt_npis

    def conclude(
        self, question: Question, answer: GrouperAnswer | EngineFailed, tables: Tables
    ) -> Decision | EngineFailed:
        """What the engine's answer to a question decides."""
        if isinstance(answer, EngineFailed):
            return answer
        if not is_grouped(answer):
            return Returned(reasons_of(question.stay, answer, question.pointers))
        day = question.stay.discharge_date
        weight = ipps.weight(tables, f"{answer.final_drg:03}", day)
        drg = assignment(self.engine.name, question.stay_input, answer, weight)
        return Grouping(method="ms-drg", drg=drg, as_of=day, conversions=question.conversions)


def grouper_input(stay: Stay, rules: Rules) -> GrouperInput:
    """The stay in the engine's terms. Its facts are there and possible, as `faults_of` sees to."""
    version, age = rules.version_on(stay.discharge_date), stay.age_at_admission
    if version is None or age is None or stay.sex is None or stay.discharge_status is None:
        raise ValueError("the stay has not been checked")
    return GrouperInput(
        version=version,
        age=age,
        sex=stay.sex,
        discharge_status=stay.discharge_status,
        poa_exempt=stay.poa_exempt,
        diagnoses=tuple([(str(diagnosis.code), diagnosis.poa) for diagnosis in stay.diagnoses]),
        procedures=tuple([str(procedure.code) for procedure in stay.procedures]),
    )
