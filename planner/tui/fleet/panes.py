"""What each pane of an answer shows: pictures, each of a stage, drawn dim while they are of an earlier answer. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial

from rich.console import RenderableType
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_grounds import date_lines, evidence_lines, finding_lines, flip_lines, sizing_lines
from planner.services.plans.answering import Answered
from planner.tui.fleet.pictures.boxes import boxes, chances
from planner.tui.fleet.pictures.capacity import capacity_curve
from planner.tui.fleet.pictures.cash import cash_curve
from planner.tui.fleet.pictures.colours import heading
from planner.tui.fleet.pictures.tornado import tornado
from planner.tui.fleet.pictures.waterfall import waterfall
from planner.tui.fleet.reckoning import Stage
from planner.tui.widgets.part import Part
from planner.wording.marks import signed

Draw = Callable[[Answered, int], Iterable[RenderableType]]
FLEETS, COMPARED = "fleets", "compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A part of a pane, and what it waits for."""

    name: str
    stage: Stage
    draw: Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """One of them."""

    name: str
    title: str
    pictures: tuple[Picture, ...]


def parts_of(pane: Pane, latest: Mapping[Stage, Answered], fresh: AbstractSet[Stage], *, width: int) -> Iterator[Part]:
    """The pictures of a pane, one below the other.

    Args:
        pane: Which.
        latest: The last answer of each stage.
        fresh: Those that are of the newest question.
        width: In characters.
    """
    for number, picture in enumerate(pane.pictures):
        answered = latest.get(picture.stage)
        draw = partial(_drawn, picture, answered, width, is_first=not number)
        is_dim = answered is not None and picture.stage not in fresh
        yield Part(name=f"{number} {picture.name}", of=answered, draw=draw, is_dim=is_dim)


def told(sentence: str) -> Part:
    """Instead of pictures."""
    return Part(name="told", of=sentence, draw=lambda: [Text(sentence, style="dim")])


def _drawn(picture: Picture, answered: Answered | None, width: int, *, is_first: bool) -> Iterator[RenderableType]:
    if not is_first:
        yield Text()
    if answered is None:
        yield Text("… is being reckoned", style="dim")
    else:
        yield from picture.draw(answered, width)


def _waterfall(answered: Answered, width: int) -> Iterator[RenderableType]:
    return waterfall(answered.document, width=width)


def _cash(answered: Answered, width: int) -> Iterator[RenderableType]:
    return cash_curve(answered.document, width=width)


def _boxes(answered: Answered, width: int) -> Iterator[RenderableType]:
    found = answered.document.uncertainty
    return iter(()) if found is None else boxes(answered.document, found, width=width)


def _chances(answered: Answered, width: int) -> Iterator[RenderableType]:
    del width
    found = answered.document.uncertainty
    return iter(()) if found is None else chances(found)


def _tornado(answered: Answered, width: int) -> Iterator[RenderableType]:
    found = answered.document.uncertainty
    return iter(()) if found is None else tornado(answered.document, found, width=width)


def _capacity(answered: Answered, width: int) -> Iterator[RenderableType]:
    promised_s = answered.asked.question.slo.limit_s
    return capacity_curve(answered.document, answered.promises, width=width, promised_s=promised_s)


def _flips(answered: Answered, width: int) -> Iterator[RenderableType]:
    del width
    yield heading("where the cheapest fleet changes", "one figure at a time, all else as it is")
    found = list(flip_lines(answered.document))
    yield from found or [Text("nowhere, in the spans that were tried", style="dim")]


def _dates(answered: Answered, width: int) -> Iterator[RenderableType]:
    yield heading("the cheapest fleet by date", f"{answered.document.currency} a year, at the prices of that day")
    found = list(date_lines(answered.document, width=width))
    yield from found or [Text("no other day has prices of all fleets", style="dim")]


def _evidence(answered: Answered, width: int) -> Iterator[RenderableType]:
    del width
    one = answered.document
    yield heading("what the figures rest on")
    yield from evidence_lines(one)
    yield from (signed("~", f"{TITLES[absent.name]}: {absent.reason}") for absent in one.absences)
    yield Text()
    yield heading("checked for sense")
    found = list(finding_lines(one))
    yield from found or [signed("✓", "nothing looks wrong")]


def _sizing(answered: Answered, width: int) -> Iterator[RenderableType]:
    del width
    yield heading("how the replicas were counted")
    yield from sizing_lines(answered.document)


_WATERFALL = Picture(name="waterfall", stage=Stage.POINT, draw=_waterfall)
_CASH = Picture(name="cash", stage=Stage.POINT, draw=_cash)
_BOXES = Picture(name="boxes", stage=Stage.SURE, draw=_boxes)
_CHANCES = Picture(name="chances", stage=Stage.SURE, draw=_chances)
_TORNADO = Picture(name="tornado", stage=Stage.SURE, draw=_tornado)
_CAPACITY = Picture(name="capacity", stage=Stage.PROMISES, draw=_capacity)
_FLIPS = Picture(name="flips", stage=Stage.FLIPS, draw=_flips)
_DATES = Picture(name="dates", stage=Stage.FLIPS, draw=_dates)
_EVIDENCE = Picture(name="evidence", stage=Stage.POINT, draw=_evidence)
_SIZING = Picture(name="sizing", stage=Stage.SIMULATED, draw=_sizing)
PANES = (
    Pane(name=FLEETS, title="Fleets", pictures=(_WATERFALL, _BOXES)),
    Pane(name="saving", title="Saving", pictures=(_WATERFALL, _CASH)),
    Pane(name="sure", title="How sure", pictures=(_TORNADO, _BOXES, _CHANCES)),
    Pane(name="capacity", title="Capacity", pictures=(_CAPACITY,)),
    Pane(name="flips", title="Flips", pictures=(_FLIPS, _DATES)),
    Pane(name="evidence", title="Evidence", pictures=(_EVIDENCE, _SIZING)),
    Pane(name=COMPARED, title="Held", pictures=()),
)
