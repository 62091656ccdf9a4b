"""Identifiers of the field, each a type with its own check.

Two ways in. `Npi.parse(text)`, and every model by default, refuse a value that fails its check. Where the product must
take what an EHR sends, faults included, so that nothing is lost and the scrubber can say what is wrong, models are
validated with `context=AS_RECEIVED`: the value is kept and its `problem` says what the check found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

AS_RECEIVED: Mapping[str, bool] = {"identifiers_as_received": True}
"""Validation context: keep an identifier that fails its check, and remember that it does."""


class IdentifierProblem(NamedTuple):
    """Why a value is not the identifier it stands for. Holds no part of the value: it may be shown and logged."""

    code: str
    message: str


class InvalidIdentifier(ValueError):
    """Raised by `Identifier.parse`; `problem` says why."""

    def __init__(self, problem: IdentifierProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Identifier(str):
    """A string with a check. Subclasses give `name`, `pattern`, and where there is more to check, `examine`."""

    name: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]
    example: ClassVar[str]
    max_length: ClassVar[int] = 50

    __slots__ = ()

    @classmethod
    def normalise(cls, text: str) -> str:
        """The one form in which the value is kept. Only case and punctuation may change."""
        return text.strip()

    @classmethod
    def examine(cls, text: str) -> IdentifierProblem | None:
        """What is wrong with `text` beyond its pattern, or None."""
        return None

    @classmethod
    def problem_of(cls, text: str) -> IdentifierProblem | None:
        if not cls.pattern.fullmatch(text):
            return IdentifierProblem(f"{cls.name}_format", f"not in the form of a {cls.label()}")
        return cls.examine(text)

    @classmethod
    def label(cls) -> str:
        return cls.name.replace("_", " ")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidIdentifier if `text` fails the check."""
        value = cls.normalise(text)
        problem = cls.problem_of(value)
        if problem is not None:
            raise InvalidIdentifier(problem)
        return cls(value)

    @property
    def problem(self) -> IdentifierProblem | None:
        return self.problem_of(self)

    @classmethod
    def _validate(cls, text: str, info: core_schema.ValidationInfo[Any]) -> Self:
        value = cls.normalise(text)
        if not (info.context and info.context.get("identifiers_as_received")):
            problem = cls.problem_of(value)
            if problem is not None:
                raise PydanticCustomError(problem.code, problem.message)
        elif not value.isprintable() or not value:
            raise PydanticCustomError(f"{cls.name}_format", "an identifier is printable and not empty")
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_after_validator_function(
            cls._validate,
            core_schema.str_schema(strict=True, min_length=1, max_length=cls.max_length),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "title": cls.label(), "maxLength": cls.max_length, "examples": [cls.example]}


class PublicIdentifier(Identifier):
    """One that says nothing of a person: what its check found is kept for the next that asks."""

    __slots__ = ()

    @property
    def problem(self) -> IdentifierProblem | None:
        return _kept_problem(type(self), self)


@lru_cache(maxsize=65_536)
def _kept_problem(kind: type[Identifier], text: str) -> IdentifierProblem | None:
    return kind.problem_of(text)


_LUHN_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
"""Of each digit twice its value, of two digits their sum."""


def luhn_sum(digits: str) -> int:
    """The Luhn sum of ISO/IEC 7812-1 annex B; a number with a right check digit has a sum divisible by ten.

    `digits` are those of ASCII.
    """
    codes = digits.encode()
    return sum(codes[::-2]) + sum(codes[-2::-2].translate(_LUHN_DOUBLED)) - ord("0") * len(codes)


class Npi(PublicIdentifier):
    """National Provider Identifier. Check digit: Luhn over 80840 + NPI (45 CFR 162.406; CMS NPI check digit paper)."""

    name, pattern, example = "npi", re.compile(r"[12][0-9]{9}"), "1245319599"

    @classmethod
    def examine(cls, text: str) -> IdentifierProblem | None:
        if luhn_sum("80840" + text) % 10:
            return IdentifierProblem("npi_check_digit", "the check digit of the NPI is wrong")
        return None


class TaxId(Identifier):
    """Nine digits: an employer identification number or, for a person, a social security number (REF*EI, REF*SY)."""

    name, pattern, example = "tax_id", re.compile(r"\d{9}"), "587654321"

    @classmethod
    def normalise(cls, text: str) -> str:
        return text.strip().replace("-", "")

    @classmethod
    def examine(cls, text: str) -> IdentifierProblem | None:
        if len(set(text)) == 1:
            return IdentifierProblem("tax_id_repeated_digit", "a tax id is not one digit nine times")
        return None


class Ein(TaxId):
    """Employer identification number. Prefix 00 was never given out (IRS, EIN prefixes by campus)."""

    name, pattern, example = "ein", re.compile(r"\d{9}"), "587654321"

    @classmethod
    def examine(cls, text: str) -> IdentifierProblem | None:
        if text.startswith("00"):
            return IdentifierProblem("ein_prefix", "no EIN begins with 00")
        return super().examine(text)


class Ssn(TaxId):
    """Social security number: area not 000, 666 or 9xx, group not 00, serial not 0000 (SSA, POMS RM 10201.035)."""

    name, pattern, example = "ssn", re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}"), "219099999"


class Mbi(Identifier):
    """Medicare Beneficiary Identifier: 11 characters, no letters S L O I B Z (CMS, Understanding the MBI format)."""

    name, example = "mbi", "1EG4TE5MK73"
    _alpha = "[AC-HJKMNP-RT-Y]"
    _alnum = "[AC-HJKMNP-RT-Y0-9]"
    pattern = re.compile(rf"[1-9]{_alpha}{_alnum}\d{_alpha}{_alnum}\d{_alpha}{{2}}\d{{2}}")

    @classmethod
    def normalise(cls, text: str) -> str:
        return text.strip().replace("-", "").upper()


class MemberId(Identifier):
    """A member's number with its payer (NM109 of 2010BA), as on the card. Medicare's has the form of `Mbi`."""

    name, pattern, example = "member_id", re.compile(r"[!-~]([ -~]{0,78}[!-~])?"), "W123456789"
    max_length = 80


class _Icd(PublicIdentifier):
    @classmethod
    def normalise(cls, text: str) -> str:
        return text.strip().replace(".", "").upper()


class IcdCode(_Icd):
    """ICD-10-CM code, kept without its dot: three to seven characters (ICD-10-CM Official Guidelines I.A.2)."""

    name, pattern, example = "icd10cm", re.compile(r"[A-Z]\d[A-Z0-9][A-Z0-9]{0,4}"), "E119"
    max_length = 8

    @property
    def dotted(self) -> str:
        return f"{self[:3]}.{self[3:]}" if len(self) > 3 else str(self)


class PcsCode(_Icd):
    """ICD-10-PCS code: seven characters, digits and letters without I and O (ICD-10-PCS Guideline A1, A5)."""

    name, pattern, example = "icd10pcs", re.compile(r"[0-9A-HJ-NP-Z]{7}"), "0DTJ4ZZ"
    max_length = 8


class HcpcsCode(PublicIdentifier):
    """HCPCS level I (CPT: four digits, then a digit or F, T, U, M, A) or level II (a letter, then four digits).

    D codes are the dentists' own (CDT); hospitals and practitioners report them as HCPCS codes too.
    """

    name, pattern, example = "hcpcs", re.compile(r"[A-EGHJ-MP-V]\d{4}|\d{4}[0-9FTUMA]"), "99213"

    @classmethod
    def normalise(cls, text: str) -> str:
        return text.strip().upper()


class Modifier(PublicIdentifier):
    """A two-character HCPCS modifier."""

    name, pattern, example = "modifier", re.compile(r"[A-Z0-9]{2}"), "25"

    @classmethod
    def normalise(cls, text: str) -> str:
        return text.strip().upper()


class RevenueCode(PublicIdentifier):
    """NUBC revenue code, four digits (UB-04 form locator 42)."""

    name, pattern, example = "revenue_code", re.compile(r"\d{4}"), "0450"

    @classmethod
    def normalise(cls, text: str) -> str:
        digits = text.strip()
        return digits.zfill(4) if digits.isdigit() else digits


class TaxonomyCode(PublicIdentifier):
    """Health care provider taxonomy code: ten characters, the last an X (NUCC)."""

    name, pattern, example = "taxonomy", re.compile(r"[0-9A-Z]{9}X"), "207R00000X"


class Ndc(PublicIdentifier):
    """National drug code in the 5-4-2 form that claims use: eleven digits (LIN03 with N4)."""

    name, pattern, example = "ndc", re.compile(r"\d{11}"), "00002751001"

    @classmethod
    def normalise(cls, text: str) -> str:
        return text.strip().replace("-", "")


class ZipCode(PublicIdentifier):
    """Five or nine digits, kept without a dash. Whether nine are needed is an edit's business."""

    name, pattern, example = "zip_code", re.compile(r"\d{5}(\d{4})?"), "372030001"
    max_length = 15

    @classmethod
    def normalise(cls, text: str) -> str:
        return text.strip().replace("-", "")


class PatientControlNumber(Identifier):
    """CLM01: the number by which every answer finds its claim; at most 20 characters, for the 835 truncates more."""

    name, pattern, example = "patient_control_number", re.compile(r"[A-Z0-9-]{1,20}"), "01JD2Z6QW8Y7K4M5N3P9"
    max_length = 38


class ClaimId(Identifier):
    """The claim's id in this product, a UUID of version 7: the key of every event, and nothing of the patient."""

    name, example = "claim_id", "0193628d-58f5-7a70-8d2e-7a3d8ef0a001"
    pattern = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
