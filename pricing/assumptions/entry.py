"""What is known of one assumption before anybody states it."""

from dataclasses import dataclass
from enum import StrEnum

from pricing.units import Dimension


class Kind(StrEnum):
    """How a value is written."""

    WORD = "a word"
    DAY = "a date"
    QUANTITY = "a quantity"
    SPREAD = "a quantity, or its low, likely and high"
    WHOLE = "a whole number"
    SWITCH = "true or false"
    QUANTILE = "a quantile"
    PROFILE = "24 shares of the peak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One assumption.

    Attributes:
        name: `section.key`, as in the file.
        kind: How it is written.
        dimension: What it measures; None for words and numbers without one.
        default: As it would be written; None where there is none, and the plan finds one or does without.
        meaning: One line for the template and the register.
        why: Where the default comes from.
        low: The least value allowed.
        high: The greatest value allowed.
    """

    name: str
    kind: Kind
    dimension: Dimension | None = None
    default: str | bool | int | tuple[str, ...] | None
    meaning: str
    why: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def section(self) -> str:
        """The table that it stands in."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """Its name in that table."""
        return self.name.partition(".")[2]


def place_entries(section: str, *, target: str | None, precision: str | None, who: str) -> tuple[Entry, ...]:
    """What is assumed of what serves today, and of what would."""
    same = "" if section == "from" else ", by default as in [from]"
    return (
        Entry(
            name=f"{section}.target",
            kind=Kind.WORD,
            default=target,
            meaning=f"the device kind {who}, by id (planner targets list)",
            why="the question that most teams ask",
        ),
        Entry(
            name=f"{section}.precision",
            kind=Kind.WORD,
            default=precision,
            meaning="what arithmetic runs in: fp32 (strict), tf32, bf16, fp16, int8, or a variant of the runs",
            why="what frameworks use by default on an A100; strict FP32, TF32, BF16 and FP16 are four baselines"
            if section == "from"
            else "what this plan is about",
        ),
        Entry(
            name=f"{section}.provider",
            kind=Kind.WORD,
            default="aws" if section == "from" else None,
            meaning=f"who rents it out (planner prices list){same}",
            why="the provider with the most rows in the shipped price table",
        ),
        Entry(
            name=f"{section}.region",
            kind=Kind.WORD,
            default=None,
            meaning=f"the provider's region{same or ', by default the one with the most rows'}",
        ),
        Entry(
            name=f"{section}.purchase",
            kind=Kind.WORD,
            default="on_demand" if section == "from" else None,
            meaning=f"on_demand, spot, committed_1y, …, or owned for bought hardware{same}",
            why="the only option that both sides of a comparison always have",
        ),
        Entry(
            name=f"{section}.instance",
            kind=Kind.WORD,
            default=None,
            meaning="one instance type, or owned device by name; by default the one whose fleet is the cheapest",
        ),
    )
