"""What really holds of every assumption: typed, suggested by runs, found by the plan, or by default. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from planner.services.plans.answering import EDITED, Answered
from planner.services.plans.document import AssumptionDocument
from planner.tui.fleet.edits import MODEL, Edits
from planner.wording.quantities import duration
from pricing.assumptions import Place
from pricing.assumptions.entries import ENTRIES
from pricing.assumptions.entry import Entry
from pricing.assumptions.typed import text_of
from pricing.projection.model import Column, ColumnName


class Mark(StrEnum):
    """How a value came to hold, as the sign before it."""

    EDITED = "✎"
    EVIDENCE = "●"
    FOUND = "↳"
    DEFAULT = " "


_BY_DEFAULT = ("default", "not stated", f"stated in {EDITED}")  # how sources of the register begin
MARKS_TOLD = "✎ edited  ● by the runs  ↳ found by the plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One assumption as it holds. `text` is empty where nothing does; `told` says where it comes from."""

    mark: Mark
    text: str
    told: str


def held(edits: Edits, answered: Answered | None) -> dict[str, Held]:
    """Of every assumption, by name.

    Args:
        edits: What was typed.
        answered: The last answer: its register says what evidence put in the place of defaults, its fleets what was
            found; None: there is none yet.
    """
    register = {} if answered is None else {one.name: one for one in answered.document.assumptions}
    found = {} if answered is None else dict(_found(answered))
    return {entry.name: _held(entry, edits, register.get(entry.name), found) for entry in ENTRIES}


def _held(entry: Entry, edits: Edits, stated: AssumptionDocument | None, found: dict[str, str]) -> Held:
    typed, default = edits.texts.get(entry.name), text_of(entry)
    if typed is not None:
        return Held(mark=Mark.EDITED, text=typed, told="stated here; d takes it back")
    if stated is not None and not stated.evidence.source.startswith(_BY_DEFAULT):
        return Held(mark=Mark.EVIDENCE, text=stated.text, told=stated.evidence.source)
    if default:
        return Held(mark=Mark.DEFAULT, text=default, told=f"default: {entry.why}" if entry.why else "default")
    if found.get(entry.name):
        return Held(mark=Mark.FOUND, text=found[entry.name], told="found by the plan, not stated")
    return Held(mark=Mark.DEFAULT, text="", told="not stated")


def _found(answered: Answered) -> Iterator[tuple[str, str]]:
    """What nobody stated and the plan settled, as people would type it."""
    question = answered.asked.question
    assumptions = question.assumptions
    columns = {column.name: column for column in answered.projection.columns}
    stay = columns.get(ColumnName.STAY)
    yield MODEL, question.model.name
    yield from _place("from", assumptions.stay, stay)
    yield from _place("to", assumptions.move, columns.get(ColumnName.MOVE))
    if stay is not None:
        yield "from.instances", f"{stay.instances}"
        carbon = stay.footprint.carbon
        if carbon is not None:
            spread = carbon.factor.g_per_kwh
            yield "energy.place", carbon.factor.place or ""
            yield "energy.carbon", f"{spread.high if spread.point is None else spread.point:.4g} g/kWh"
    yield "demand.profile", "the peak all day"
    yield "slo.limit", duration(question.slo.limit_s)
    yield "prices.as_of", assumptions.as_of.isoformat()


def _place(section: str, place: Place, column: Column | None) -> Iterator[tuple[str, str]]:
    yield f"{section}.target", place.target
    yield f"{section}.precision", place.precision
    yield f"{section}.provider", place.provider
    yield f"{section}.region", place.region or ""
    yield f"{section}.purchase", place.purchase
    yield f"{section}.instance", "" if column is None else column.line.offer.instance
