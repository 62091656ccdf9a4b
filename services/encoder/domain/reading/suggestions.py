"""What reading a chart answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.encoder.domain.reading.traits import Section, Trait
from shared.claims import Document, EncounterClass, Instant, Many, Model, PoaIndicator, Reference, Text
from shared.tables import CodeSystem

EXEMPT = "exempt"
"""The basis of an indicator that a code does not have, for CMS lists it as exempt."""
PROCEDURE_INCOMPLETE = "procedure_incomplete"
"""The reason of a procedure that was done and whose code has open axes."""


class Evidence(Model):
    """Words of a document that support a code."""

    document: Text
    """Id of the document."""
    start: int
    end: int
    """Offsets into its text in characters, the end exclusive."""
    text: str
    section: Section


class Ground(Model):
    """Why something is said of a code beside the code itself."""

    basis: str
    """Stable code; `present_on_admission` and `principal` list theirs."""
    evidence: Many[Evidence] = ()
    citation: str | None = None
    """The rule that decides, where words alone do not."""


class Specification(Model):
    """What the documentation would have to say for a more specific code."""

    asks: str
    """Such as `laterality`, `stage` or a subterm of the index; of a procedure an axis, such as `approach`."""
    codes: Many[str] = ()
    values: Many[str] = ()
    """Of a procedure's axis: each character that it may have, with what it says."""


class Suggestion(Model):
    """A code that the documents support. Valid and billable on the day, always."""

    code: str
    system: CodeSystem | Literal["hcpcs", "cpt"]
    """HCPCS and CPT only by files that the customer has loaded."""
    description: str | None = None
    trait: Trait
    evidence: Annotated[Many[Evidence], Field(min_length=1)]
    path: Many[str] = ()
    """How the words led to the code: index terms from the main term down, or the title they matched."""
    more_specific: Many[Specification] = ()
    confidence: Annotated[float, Field(ge=0, le=1)]
    present_on_admission: PoaIndicator | None = None
    """Inpatient stays only; None for an exempt code, and where the documents do not say: that is a query's to ask."""
    present_on_admission_ground: Ground | None = None
    """None outside inpatient stays."""
    suggester: str = "rules"
    """Who suggests it: `rules`, or the name of a plug-in."""
    principal: bool = False
    """Whether the documents name it as the reason of the stay or visit; one of a reading at most."""
    principal_ground: Ground | None = None


class LeftOut(Model):
    """A condition that was read and not suggested, and why."""

    text: str
    trait: Trait
    reason: str
    """Stable code: negated, family_history, ruled_out, uncertain_outpatient, integral_symptom, combined, …; of a
    procedure also not_performed and procedure_incomplete."""
    evidence: Many[Evidence]
    """Empty where another suggester gave words that no document has."""
    codes: Many[str] = ()
    more_specific: Many[Specification] = ()
    """Of a procedure whose code has open axes."""


class ReadDocument(Model):
    """A text to be read. `kind`, such as `imaging_report`, says what it is about before its first heading."""

    id: Reference
    kind: Annotated[str, Field(pattern=r"^[a-z_]{3,40}$")] = "clinical_note"
    title: Text | None = None
    author: Text | None = None
    written_at: Instant | None = None
    text: Annotated[str, Field(min_length=1, max_length=500_000)]

    @classmethod
    def of(cls, document: Document) -> ReadDocument:
        """A document of a chart, which was checked when it was filed."""
        return cls.model_construct(**{name: getattr(document, name) for name in cls.model_fields})


class ReadChart(Model):
    """What is read: the documents of one encounter."""

    setting: EncounterClass
    day: Annotated[date, Field(alias="date")]
    documents: Annotated[Many[ReadDocument], Field(max_length=500)]
    scope: Literal["reportable", "mentions"] = "reportable"
    """`mentions`: every condition of the patient that the documents name, as registries and research abstract it, also
    denied, past and uncertain ones and symptoms beside their disease, each in its trait. Not for a claim."""


class Reading(Model):
    """The answer, the likeliest first."""

    suggestions: Many[Suggestion]
    left_out: Many[LeftOut]
    releases: Many[str]
    """The tables that were used."""


class DocumentReading(Model):
    """A line of the answer as it comes: the reading of one document, at last that of the whole chart."""

    document: str | None = None
    """Id of the document; None with the reading of the chart."""
    reading: Reading
