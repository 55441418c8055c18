"""Makes the report that is previewed, and writes that very report. Off the event loop: both take seconds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from planner.drawing.report_view import Part, report_parts
from planner.errors import PlaceTakenError, PlannerError
from planner.reports.document import Report
from planner.reports.forms import CSV, FORMS
from planner.services.reporting.making import draw_report, make_report
from planner.services.reporting.writing import require_place, write_report
from planner.store.plan_records import PlanSummary
from planner.store.repository import Store
from planner.tui.reporting.wanted import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A report, how it was wished, and its sections as they are drawn."""

    wanted: Wanted
    report: Report
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The files of a report, with their sizes in bytes."""

    folder: Path
    files: tuple[tuple[Path, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Nothing was written: files of these names are there."""

    told: str


@dataclass(slots=True, kw_only=True)
class Progress:
    """What was begun so far, the last still being done. `tell` is called in the thread that works."""

    tell: Callable[[Sequence[str]], object]
    begun: list[str] = field(default_factory=list)

    def __call__(self, what: str) -> None:
        """Something else is begun."""
        self.begun.append(what)
        self.tell(tuple(self.begun))


def kept_plans(store: Store | None) -> tuple[PlanSummary, ...]:
    """The newest first."""
    return () if store is None else store.plans()


def previewed(store: Store | None, *, wanted: Wanted, now: datetime) -> Preview:
    """The report as it would be written.

    Raises:
        PlannerError: if there is no such plan, or it is damaged.
        PricingError: if it has no answer at the prices of that day.
        UsageError: if a wish cannot be meant.
    """
    if store is None:
        raise PlannerError("the database is not there any more: press 3, and keep a plan")
    stored = store.plan(wanted.plan)
    report = make_report(store, stored, wanted.request(stored, now=now))
    return Preview(wanted=wanted, report=report, parts=report_parts(report))


def written(preview: Preview, wanted: Wanted, *, now: datetime, overwrite: bool, tell: Progress) -> Written | Taken:
    """Draw and write what is previewed.

    Raises:
        ReportError: if it cannot be drawn or written.
        UsageError: if the folder reads like a file.
    """
    folder = wanted.place(now.date())
    try:
        require_place(folder, [FORMS[name].file for name in wanted.forms if name != CSV], overwrite=overwrite)
        files = draw_report(preview.report, wanted.forms, tell=tell)
        paths = write_report(files, folder, overwrite=overwrite)
    except PlaceTakenError as error:
        return Taken(told=error.what)
    sizes = (len(content) for content in files.values())
    return Written(folder=folder.absolute(), files=tuple(zip(paths, sizes, strict=True)))
