"""Dated parameters: small values that change by law or contract, one YAML file each, kept beside the code that asks.

A file is a list of editions, `{effective, value, source, unit?, through?}`. An edition holds until the next takes
effect; `through` says that one ends by itself, on that day. Files are read at the start, so that a parameter which
contradicts itself never serves a claim. Code never asks what a value is, but what it was on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import yaml

T = TypeVar("T")

_ONE_DAY = timedelta(days=1)
# libyaml reads in a tenth of the time; where PyYAML was built without it, its own loader does.
_LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEYS = {"effective", "value", "source"}
_MAY = {"unit", "through"}


class InvalidParameter(ValueError):
    """A parameter has a gap, an overlap or an edition that is not one: stops the start."""


class NoEdition(LookupError):
    """A parameter was asked for a day that no edition covers: the question or the file is wrong."""


@dataclass(frozen=True, slots=True)
class Edition(Generic[T]):
    """What a parameter was from `effective` on, and who says so."""

    effective: date
    value: T
    source: str
    """The law, manual or contract with its section."""
    unit: str = ""
    through: date | None = None
    """The last day, where the edition ends by itself; None where it holds until the next, or on."""

    def has_ended(self, day: date) -> bool:
        return self.through is not None and self.through < day


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """A value with its history, newest edition first."""

    name: str
    editions: tuple[Edition[T], ...]

    @classmethod
    def of(cls, name: str, editions: Iterable[Edition[T]]) -> Parameter[T]:
        """The parameter with these editions, in any order. Raises InvalidParameter for a gap, an overlap or none."""
        ordered = sorted(editions, key=lambda edition: edition.effective)
        if not ordered:
            raise InvalidParameter(f"{name} has no edition")
        for edition in ordered:
            if edition.through is not None and edition.through < edition.effective:
                raise InvalidParameter(f"{name}: the edition of {edition.effective} ends before it begins")
        for earlier, later in pairwise(ordered):
            _refuse_break(name, earlier, later)
        return cls(name, tuple(reversed(ordered)))

    @property
    def begins(self) -> date:
        """The first day that the parameter has a value for."""
        return self.editions[-1].effective

    def on(self, day: date) -> T:
        """The value in force on `day`. Raises NoEdition where none was."""
        return self.edition_on(day).value

    def on_or(self, day: date, before: T) -> T:
        """The value in force on `day`, and `before` where none was yet."""
        return self.on(day) if self.begins <= day else before

    def edition_on(self, day: date) -> Edition[T]:
        """The edition in force on `day`. Raises NoEdition where none was."""
        for edition in self.editions:
            if edition.effective <= day:
                # Those before it ended when it took effect: none of them answers again once it has ended.
                if edition.has_ended(day):
                    break
                return edition
        raise NoEdition(f"{self.name} has no edition in force on {day}")


def read_parameter(package: str, name: str, value: Callable[[Any], T]) -> Parameter[T]:
    """The parameter kept in `<name>.yaml` of `package`; `value` reads what an edition holds.

    Raises InvalidParameter, and what `value` raises.
    """
    return parameter_from(name, read_yaml(package, f"{name}.yaml"), value)


def parameter_from(name: str, editions: Sequence[Mapping[str, Any]], value: Callable[[Any], T]) -> Parameter[T]:
    """As `read_parameter`, from editions that stand inside another file."""
    for edition in editions:
        if not (_KEYS <= edition.keys() <= _KEYS | _MAY) or type(edition["effective"]) is not date:
            raise InvalidParameter(
                f"{name}: an edition has effective (a day), value and source; unit and through may be"
            )
    return Parameter.of(name, (Edition(**{**edition, "value": value(edition["value"])}) for edition in editions))


def read_yaml(package: str, path: str) -> Any:
    """The content of a YAML file of a package."""
    text = files(package).joinpath(path).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones


def frozen(value: Any) -> Any:
    """A value as YAML gives it, in types that cannot be changed."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value


def _refuse_break(name: str, earlier: Edition[T], later: Edition[T]) -> None:
    if later.effective == earlier.effective:
        raise InvalidParameter(f"{name} has two editions of {later.effective}")
    if earlier.through is None:
        return
    if earlier.through >= later.effective:
        raise InvalidParameter(f"{name} has two editions for {later.effective}")
    if earlier.through + _ONE_DAY != later.effective:
        raise InvalidParameter(f"{name} has no edition between {earlier.through} and {later.effective}")
