"""The answer in one badge and a few lines: whether to do it, as loud for no as for yes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.services.plans.document import ProjectionDocument
from pricing.book.lint import OLDEST_DAYS
from pricing.projection.model import Answer, ColumnName
from pricing.sanity.finding import Rule, Verdict
from pricing.vocabulary import Gate

_RED = "2 shows what quality lost · 1 measures another variant, such as int8-mixed"
_CHANGED = {Answer.QUANTISE: ColumnName.QUANTISE, Answer.MOVE: ColumnName.MOVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A sign and a few words in capitals; `tone` is good, open or bad."""

    sign: str
    text: str
    tone: str


def badge_of(one: ProjectionDocument) -> Badge:
    """What the answer comes to. A saving that quality does not allow, or that hangs on it, says so first."""
    if one.answer is Answer.NOT_AVAILABLE:
        return Badge(sign="✗", text="DO NOT: QUALITY REJECTED", tone="bad")
    if one.answer is Answer.STAY:
        return Badge(sign="✗", text="DO NOT CHANGE", tone="bad")
    if one.answer is Answer.UNDECIDED:
        return Badge(sign="~", text="UNDECIDED", tone="open")
    if one.condition is None:
        if one.may_lose:
            return Badge(sign="~", text="NOT PROVEN TO PAY", tone="open")
        return Badge(sign="✓", text="DO IT", tone="good")
    gates = {change.name: change.gate for change in one.changes}
    gate = gates.get(_CHANGED[one.answer])
    words = {Gate.NOT_MEASURED: "NOT YET: QUALITY NOT MEASURED", Gate.UNPROVEN: "NOT YET: QUALITY NOT PROVEN"}
    return Badge(sign="~", text=words.get(Gate(gate), "NOT YET: MEASURE FIRST") if gate else "NOT YET", tone="open")


def cautions_of(one: ProjectionDocument, *, today: date) -> Iterator[str]:
    """What to know beside the answer, and what to press next: a quality gate that says no, prices that are stale."""
    if one.answer is Answer.NOT_AVAILABLE:
        yield f"✗ {_RED}"
    for finding in one.findings:
        if finding.rule == Rule.PRICE and finding.verdict == Verdict.IMPLAUSIBLE:
            yield f"! {finding.subject}: {finding.sentence}: ⏎ on its price of an hour tells whose word that is"
    oldest = min((date.fromisoformat(column.fleet.price_as_of) for column in one.columns), default=today)
    age = (today - oldest).days
    if age > OLDEST_DAYS:
        yield f"! prices of {oldest} are {age:,} days old: 4 shows them, u there updates them"
