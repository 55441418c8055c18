"""Figures of a run as a report has them: keys, values as they are shown, text with its unit, marks.

A key is `run.<run>.<arm>.<load>.<what>` in letters, digits, `-`, `_` and `.`, whatever a stranger called the arm.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.vocabulary import LoadPoint, RatioInterval
from planner.reports.figures import Bound, Cell, Figure, Mark, Number, Tone, Words
from planner.wording import quantities

UNAVAILABLE = "unavailable"
_LONGEST = 48  # characters of a part of a key: the rest of a name adds nothing to it
_OTHER = re.compile(r"[^A-Za-z0-9_]+")


def slug(text: str) -> str:
    """A part of a key: everything but ASCII letters, digits and `_` becomes `-`."""
    return _OTHER.sub("-", text[:_LONGEST]).strip("-") or "x"


def slugs_of(names: Iterable[str]) -> dict[str, str]:
    """A part of a key for each name; names that look alike get numbers."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for name in dict.fromkeys(names):
        plain = one = slug(name)
        while one.lower() in taken:  # files of some systems are named without regard to case
            numbers[plain.lower()] += 1
            one = f"{plain}-{numbers[plain.lower()] + 1}"
        taken.add(one.lower())
        found[name] = one
    return found


def significant(value: float, digits: int = 3) -> float:
    """As it is shown."""
    return float(f"{value:.{digits}g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureMaker:
    """Makes the figures of one arm of a run, or of the run where no arm is named.

    Attributes:
        prefix: What keys begin with: `run.d3f00a25.openvino-fp32`.
        rests_on: Where they are walked back to: the run's row in the appendix.
        mark: Measured, or assumed where a script made it up.
    """

    prefix: str
    rests_on: str
    mark: Mark = field(default=Mark.MEASURED)

    def key(self, what: str, load: LoadPoint | None = None) -> str:
        """Of a figure under a load, or of the arm."""
        return f"{self.prefix}.{slug(load.label)}.{what}" if load else f"{self.prefix}.{what}"

    def figure(
        self,
        what: str,
        value: Number,
        *,
        unit: str,
        text: str,
        load: LoadPoint | None = None,
        bound: Bound = Bound.EXACT,
    ) -> Figure:
        """Any figure; `text` without the sign of its bound."""
        return Figure(
            key=self.key(what, load),
            value=value,
            unit=unit,
            text=f"{bound} {text}".strip(),
            mark=self.mark,
            bound=bound,
            rests_on=self.rests_on,
        )

    def time(
        self,
        what: str,
        seconds: float | None,
        *,
        load: LoadPoint | None = None,
        bound: Bound = Bound.EXACT,
        absent: str = UNAVAILABLE,
    ) -> Cell:
        """Seconds, to three figures."""
        if seconds is None:
            return missing(absent)
        text = quantities.duration(seconds)
        return self.figure(what, significant(seconds), unit="s", text=text, load=load, bound=bound)

    def rate(
        self,
        what: str,
        per_s: float | None,
        *,
        load: LoadPoint | None = None,
        absent: str = UNAVAILABLE,
        bound: Bound = Bound.EXACT,
    ) -> Cell:
        """Samples or requests a second."""
        if per_s is None:
            return missing(absent)
        value = float(quantities.rate(per_s).removesuffix(" /s").replace(",", ""))
        return self.figure(what, value, unit="1/s", text=quantities.rate(per_s), load=load, bound=bound)

    def share(
        self,
        what: str,
        value: float | None,
        *,
        digits: int = 2,
        load: LoadPoint | None = None,
        bound: Bound = Bound.EXACT,
        absent: str = UNAVAILABLE,
    ) -> Cell:
        """A share, in per cent."""
        if value is None:
            return missing(absent)
        text = quantities.share(value, digits=digits)
        return self.figure(what, round(value, digits + 2), unit="1", text=text, load=load, bound=bound)

    def points(self, what: str, difference: float | None, *, digits: int = 1, absent: str = UNAVAILABLE) -> Cell:
        """A difference of shares, in points, with its sign."""
        if difference is None:
            return missing(absent)
        value = round(difference, digits + 2) + 0.0
        text = f"{100 * value:+.{digits}f} points".replace("-", "−") if value else f"{0:.{digits}f} points"
        return self.figure(what, value, unit="1", text=text)

    def size(self, what: str, count: int | None, *, absent: str = UNAVAILABLE) -> Cell:
        """Bytes."""
        return missing(absent) if count is None else self.figure(what, count, unit="B", text=quantities.size(count))

    def ratio(self, what: str, value: float | None, *, load: LoadPoint | None = None, absent: str = "") -> Cell:
        """Times as fast: above 1 is faster."""
        if value is None:
            return missing(absent)
        return self.figure(what, round(value, 2), unit="1", text=f"{value:.2f}×", load=load)

    def ratio_and_interval(self, what: str, found: RatioInterval | None, load: LoadPoint) -> tuple[Cell, Cell, Cell]:
        """A ratio with the ends of its interval."""
        if found is None:
            return Words(text=""), Words(text=""), Words(text="")
        return (
            self.ratio(what, found.point, load=load),
            self.ratio(f"{what}-low", found.lower, load=load),
            self.ratio(f"{what}-high", found.upper, load=load),
        )

    def decibel(self, what: str, ratio: float | None, *, absent: str = UNAVAILABLE) -> Cell:
        """A signal over a difference."""
        if ratio is None:
            return missing(absent)
        return self.figure(what, round(ratio, 1), unit="dB", text=quantities.decibel(ratio))

    def plain(self, what: str, value: float | None, *, absent: str = UNAVAILABLE) -> Cell:
        """A number without a unit, to three figures."""
        return (
            missing(absent) if value is None else self.figure(what, significant(value), unit="1", text=f"{value:.3g}")
        )

    def count(self, what: str, count: int, *, unit: str, load: LoadPoint | None = None) -> Figure:
        """A whole number; `unit` names what is counted."""
        return self.figure(what, count, unit=unit, text=f"{count:,}", load=load)


def missing(reason: str) -> Words:
    """Why there is no figure."""
    return Words(text=reason, tone=Tone.NEUTRAL)
