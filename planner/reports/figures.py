"""A report's smallest parts: figures, words and marks. A figure is made once, and every form draws its text."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Number = Decimal | float | int


class Mark(StrEnum):
    """Where a figure comes from; `derived`: reckoned from several others, each with its own mark.

    Most figures are derived: where room is scarce, a form leaves that word out, and says what no mark means.
    """

    MEASURED = "measured"
    PUBLISHED = "published"
    PROJECTED = "projected"
    ASSUMED = "assumed"
    DERIVED = "derived"


class Bound(StrEnum):
    """Whether a figure stands as it is, or only limits what it may be."""

    EXACT = ""
    AT_LEAST = "≥"
    AT_MOST = "≤"


class Tone(StrEnum):
    """How a thing is to be taken. No form tells it by colour alone: see `SIGNS`."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    BROKEN = "broken"
    NEUTRAL = "neutral"


SIGNS = {Tone.GOOD: "✓", Tone.CAUTION: "~", Tone.BAD: "✗", Tone.BROKEN: "!", Tone.NEUTRAL: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure.

    Attributes:
        key: Names it within the report: `resnet50.move.per_year`. Two figures of one key are the same figure.
        value: As it is shown, rounded: money to the cent; None where it is not known, and `text` says why.
        unit: `USD`, `USD/h`, `requests/s`, `1` for a share or a ratio.
        text: As people read it, with its unit, and the sign of its bound: `≥ 320,189.14 USD`.
        mark: Where it comes from.
        bound: Whether it only limits.
        rests_on: The key of the section or table row that it is walked back to.
    """

    key: str
    value: Number | None
    unit: str
    text: str
    mark: Mark | None = None
    bound: Bound = Bound.EXACT
    rests_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Text in a cell or a line. It may hold anything a stranger called a thing: every form makes it harmless.

    Attributes:
        text: Without a sign.
        tone: How it is to be taken; its sign is drawn before it.
        is_code: Whether it is a command, a hash or a file name.
        rests_on: The key of the section or table row that it refers to.
    """

    text: str
    tone: Tone = Tone.NEUTRAL
    is_code: bool = False
    rests_on: str | None = None


Cell = Figure | Words


def shown(cell: Cell) -> str:
    """A cell as plain text, with the sign of its tone."""
    if isinstance(cell, Figure):
        return cell.text
    return f"{SIGNS[cell.tone]} {cell.text}".strip()
