"""The figures of one claim: quantities and names, checked one by one.

A bare number where a unit is needed leaves the figure out and says so; anything that makes no sense is an error.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pricing.errors import ClaimError, UnitError
from pricing.files import nearest, shown
from pricing.sanity.finding import Finding
from pricing.sanity.kinds import Field, KindForm, Word
from pricing.sanity.sizes import missing, mixed_units
from pricing.units import Dimension, quantity
from pricing.vocabulary import Precision

_LARGEST = 1e18  # in any unit that is used inside: no claim that anyone makes
_SMALLEST = 1e-12
_LONGEST_TEXT = 100
_UNITLESS = {Dimension.COUNT, Dimension.SHARE}
_WHOLE = ("batch", "sequence", "samples", "tokens", "gpus", "concurrency")
_WORDS = {Word.PRECISION: tuple(map(str, Precision)), Word.PER: ("gpu", "instance")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a claim tells: quantities in the units used inside, and names."""

    numbers: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def figures_of(table: Mapping[str, Any], form: KindForm, place: str) -> tuple[Figures, tuple[Finding, ...]]:
    """The figures of a claim's table, and what it leaves out.

    Raises:
        ClaimError: if a figure cannot be read.
    """
    numbers: dict[str, float] = {}
    texts: dict[str, str] = {}
    gaps: list[Finding] = []
    for one in form.fields:
        if one.name not in table:
            continue
        value, name = table[one.name], f"{place}: {one.name}"
        if isinstance(one.what, Word):
            texts[one.name] = _word(value, one.what, name)
        elif (gap := _gap(value, one, one.what)) is not None:
            gaps.append(gap)
        else:
            numbers[one.name] = _number(value, one, one.what, name)
    if (mixed := mixed_units(_sizes(table, form))) is not None:
        gaps.append(mixed)
    return Figures(numbers=numbers, texts=texts), tuple(gaps)


def _gap(value: object, one: Field, dimension: Dimension) -> Finding | None:
    """A number without the unit that it needs, or an amount without the time that it is paid for."""
    if dimension in _UNITLESS or isinstance(value, bool):
        return None
    if _is_bare(value):
        return missing(f"{one.name} is {shown(value)}, without a unit", why=f"write it as {one.example}")
    if dimension is Dimension.HOURLY and isinstance(value, str):
        try:
            quantity(value, Dimension.MONEY, name=one.name)
        except UnitError:
            return None
        return missing(f"{one.name} is {shown(value)}, without a period", why=f"write it as {one.example}")
    return None


def _is_bare(value: object) -> bool:
    if not isinstance(value, str | int | float):
        return False
    try:
        return math.isfinite(float(value))
    except (ValueError, OverflowError):
        return False


def _number(value: object, one: Field, dimension: Dimension, name: str) -> float:
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        raise ClaimError(f"{name} is a huge number: nothing that can be checked is so large")
    try:
        number = quantity(value, dimension, name=name)
    except UnitError as error:
        raise ClaimError(str(error)) from error
    if not _SMALLEST <= number <= _LARGEST:
        raise ClaimError(f"{name} is {shown(value)}: it must be a positive number, at most {_LARGEST:g}")
    if dimension is Dimension.SHARE and number > 1:
        raise ClaimError(f"{name} is {shown(value)}: a share is at most 100 %")
    if one.name in _WHOLE and (number < 1 or number != int(number)):
        raise ClaimError(f"{name} is {shown(value)}: write a whole number from 1 on")
    return number


def _word(value: object, what: Word, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
        raise ClaimError(f"{name} is {shown(value)}: write a name of at most {_LONGEST_TEXT} characters")
    word = " ".join(value.split()).lower()
    known = _WORDS.get(what)
    if known is not None and word not in known:
        advice = nearest(word, known) or f"; there are {', '.join(known)}"
        raise ClaimError(f"{name}: there is no {shown(value)}{advice}")
    return word


def _sizes(table: Mapping[str, Any], form: KindForm) -> Iterator[str]:
    for one in form.fields:
        value = table.get(one.name)
        if one.what is Dimension.SIZE and isinstance(value, str) and len(value) <= _LONGEST_TEXT:
            yield value.strip()
