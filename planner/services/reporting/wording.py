"""Figures of a plan in words: counts, rates, shares, times. A minus is a minus sign, never a hyphen."""

from planner.services.plans.document import ColumnDocument, EvidenceDocument
from planner.services.plans.footprint_document import Estimate
from pricing.projection.model import ColumnName

TITLES = {
    ColumnName.STAY: "stay as is",
    ColumnName.QUANTISE: "stay and quantise",
    ColumnName.MOVE: "quantise and move",
}
SHORT = {ColumnName.STAY: "staying", ColumnName.QUANTISE: "quantising in place", ColumnName.MOVE: "the move"}
"""The three fleets in a sentence."""
LEVELS = {0: "as it is", 1: "batch curve", 2: "shared models", 3: "data sheets", 4: "bounds only"}
"""How far a rate is from a measurement on that device."""
NOT_KNOWN = "not known"
_WHOLE = 100  # from here on a count needs no decimals
_HUGE = 10.0  # of a rate of return a year
_TENTH = 0.1
_MONTH_S = 730 * 3600.0


def minus(text: str) -> str:
    """With a minus sign."""
    return text.replace("-", "−")


def many(value: float) -> str:
    """A count or a rate, without digits that mean nothing."""
    return minus(f"{value:,.0f}" if abs(value) >= _WHOLE else f"{value:,.3g}")


def price(value: float) -> str:
    """A price an hour may be small."""
    return many(value) if abs(value) >= _WHOLE else minus(f"{value:.4g}")


def times(ratio: float) -> str:
    """`5.96×`, `0.0016×`."""
    return f"{ratio:.2f}×" if ratio >= _TENTH else f"{ratio:.2g}×"


def percent(share: float) -> str:
    """`84 %`, `0.4 %`."""
    return minus(f"{100 * share:.3g} %")


def milliseconds(seconds: float) -> str:
    """`7.56 ms`; a second or more in seconds."""
    return f"{seconds:.3g} s" if seconds >= 1.0 else f"{1000 * seconds:.3g} ms"


def years(value: float | None, horizon: int) -> str:
    """`5.3 months`, `1.4 years`, or that it does not."""
    if value is None:
        return f"not within {horizon} year{'s' * (horizon > 1)}"
    if value <= 0:
        return "at once"
    return f"{12 * value:.1f} months" if value < 1 else f"{value:.1f} years"


def a_year(share: float) -> str:
    """A rate of return; above a thousand per cent nobody needs the digits."""
    return "above 1,000 % a year" if share > _HUGE else minus(f"{100 * share:,.1f} % a year")


def rate_of(column: ColumnDocument) -> str:
    """`5,563–5,575 /s, published`, `6,743–13,405 /s, projected ×/÷ 1.41`; of a bound `≤ 19,076 /s, a bound`."""
    rate = column.rate
    if rate.is_bound:
        return f"≤ {many(rate.high)} /s, a bound"
    low, high = many(rate.low), many(rate.high)
    return f"{low}{'' if low == high else f'–{high}'} /s, {rate.evidence.kind}{band_of(rate.evidence)}"


def band_of(evidence: EvidenceDocument) -> str:
    """` ×/÷ 1.41`, or nothing."""
    return "" if evidence.band is None else f" ×/÷ {evidence.band:.2f}"


def level_of(evidence: EvidenceDocument) -> str:
    """`level 3, data sheets`, or nothing."""
    return "" if evidence.level is None else f"level {evidence.level}, {LEVELS.get(evidence.level, NOT_KNOWN)}"


def steps_of(column: ColumnDocument) -> str:
    """`13 for the load + 1 for failing instances`; nothing where another number was stated."""
    steps = [(name, count) for name, count in column.fleet.steps if count]
    if sum(count for _, count in steps) != column.fleet.instances:
        return "as stated"
    return " + ".join(f"{count:,} {name}" for name, count in steps)


def quantity(value: float, unit: str) -> str:
    """Of a figure that was drawn: `4.8 months`, `99.8 %`, `405 requests/s`."""
    if unit == "s":
        return f"{value / _MONTH_S:.1f} months"
    if not unit and value <= 1.0:
        return percent(value)
    return f"{many(value)} {unit}".strip()


def spread(found: Estimate, unit: str, *, is_least: bool = False) -> str:
    """`1,200 kWh (800 to 1,500)`; `800 to 1,500 kWh` without a likely figure; `≥ 800 kWh` of the smallest fleet."""
    low, high = many(found.low), many(found.high)
    if is_least:
        return f"≥ {low} {unit}"
    if low == high:
        return f"{high} {unit}"
    return f"{low} to {high} {unit}" if found.point is None else f"{many(found.point)} {unit} ({low} to {high})"


def scaled(found: Estimate, factor: float) -> Estimate:
    """In another unit."""
    point = None if found.point is None else found.point * factor
    return Estimate(low=found.low * factor, point=point, high=found.high * factor)
