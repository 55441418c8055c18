"""`planner report`: a plan and its evidence as documents."""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.cli import diagnostics, output
from planner.cli.reading import names
from planner.errors import ReportError
from planner.reports.document import Report
from planner.reports.forms import CSV, DEFAULT_FORMS, FORMS
from planner.services.prices import price_date
from planner.services.reporting.exchange import exchange_of
from planner.services.reporting.making import ReportRequest, draw_alone, draw_report, make_report
from planner.services.reporting.wishes import ReportWishes
from planner.services.reporting.writing import require_place, write_report
from planner.services.words_of_people import written
from planner.settings import database_address
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store
from planner.wording.text import plain
from pricing.files import nearest, one_of, shown

SCHEMA = "planner.report-files/1"
_STANDARD_OUTPUT = "-"
_LONGEST_TITLE = 200
_PLAN_ID = re.compile(r"[A-Za-z0-9]{1,40}")
_OF_THE_PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """One file: where it is, and its size."""

    path: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """What was written. Its JSON form is an API: `schema` names its version."""

    schema: str
    plan: str
    as_of: str
    made_at: str
    folder: str
    files: tuple[WrittenFile, ...]


def report(options: argparse.Namespace) -> int:
    """Make a report, draw its forms, write them.

    Raises:
        UsageError: options that cannot be meant, or not together.
        ReportError: if it cannot be drawn or written.
    """
    if options.json_schema:
        return _show_schema()
    forms = _forms(options.format)
    _require_folder_name(options.out)
    today = datetime.now(UTC).date()
    wishes = ReportWishes(title=_title(options.title), exchange=exchange_of(options.currency, options.rate))
    day = None if options.replay is None else price_date(options.replay, today=today, option="--replay")
    if options.out == _STANDARD_OUTPUT:
        _require_one(forms, options)
    tell = _say_nothing if options.quiet else diagnostics.note
    with Store.open_existing(database_address(options.db)) as store:
        stored = store.plan(options.plan)
        folder = _folder(options.out, stored.plan_id, day)
        if folder is not None:
            require_place(folder, [FORMS[name].file for name in forms if name != CSV], overwrite=options.force)
        request = ReportRequest(
            wishes=wishes, made_at=_moment(options.made_at, stored), day=day, today=today, tell=tell
        )
        made = make_report(store, stored, request)
    if folder is None:
        output.show_bytes(draw_alone(made, FORMS[forms[0]], tell=tell))
    else:
        _write(made, draw_report(made, forms, tell=tell), folder, options)
    return 0


def _show_schema() -> int:
    from planner.reports.json_form import json_schema  # noqa: PLC0415 - no report needs it

    output.show_json(json_schema())
    return 0


def _write(made: Report, files: Mapping[str, bytes], folder: Path, options: argparse.Namespace) -> None:
    paths = write_report(files, folder, overwrite=options.force)
    if not options.json:
        for path in paths:
            output.show_text(plain(str(path).replace("\n", "?")))
        return
    listed = tuple(
        WrittenFile(path=str(path), bytes=len(content)) for path, content in zip(paths, files.values(), strict=True)
    )
    output.show_json(
        WrittenReport(
            schema=SCHEMA, plan=made.plan, as_of=made.as_of, made_at=made.made_at, folder=str(folder), files=listed
        )
    )


def _forms(text: str | None) -> tuple[str, ...]:
    if text is None:
        return DEFAULT_FORMS
    found = tuple(dict.fromkeys(word.lower() for word in names(text) or ()))
    for word in found:
        if word not in FORMS:
            raise UsageError(
                f"--format {shown(word)} is no form{nearest(word, FORMS)}: there are {one_of(list(FORMS))}"
            )
    if not found:
        raise UsageError(f"--format names no form: there are {one_of(list(FORMS))}")
    return found


def _require_one(forms: Sequence[str], options: argparse.Namespace) -> None:
    """What goes to standard output is one file, and nobody's terminal is filled with bytes."""
    if options.json or options.force:
        raise UsageError("--out - writes the report itself to standard output: leave --json and --force out")
    if len(forms) != 1 or forms[0] == CSV:
        raise UsageError("--out - takes exactly one form that is one file: add for example --format md")
    form = FORMS[forms[0]]
    if not form.is_text and output.is_terminal():
        raise UsageError(f"{form.title} is no text: send it to a file, or name a folder with --out")


def _folder(out: str | None, plan_id: str, day: date | None) -> Path | None:
    """Where to write; None: standard output.

    Raises:
        ReportError: if the plan's own name cannot be part of a path.
    """
    if out == _STANDARD_OUTPUT:
        return None
    if out is None:
        if not _PLAN_ID.fullmatch(plan_id):
            raise ReportError(f"plan {shown(plan_id)} has no name for a folder: name one with --out")
        return Path(f"report-{plan_id}" if day is None else f"report-{plan_id}-{day.isoformat()}")
    return Path(out)


def _require_folder_name(out: str | None) -> None:
    """Before anything is opened: an option that cannot be meant.

    Raises:
        UsageError: if a file is named where a folder is meant.
    """
    if out is None:
        return
    if not out.strip():
        raise UsageError("--out is empty: name a folder, or - for standard output")
    folder = Path(out)
    if folder.suffix.lower().lstrip(".") in FORMS and not folder.is_dir():
        raise UsageError(f"--out {out!r:.200} reads like a file: name a folder; the files in it are report.*")


def _title(text: str | None) -> str | None:
    if text is None:
        return None
    return written(text, option="--title", longest=_LONGEST_TITLE, what="what stands above the report")


def _moment(text: str | None, stored: StoredPlan) -> datetime:
    """What the report says about when it was made."""
    now = datetime.now(UTC)
    if text is None:
        return now
    if text == _OF_THE_PLAN:
        return stored.created_at.astimezone(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment > now:
        raise UsageError(f"--made-at {shown(text)}: write plan, or a moment that has been, such as 2026-11-28T10:00Z")
    return moment.astimezone(UTC)


def _say_nothing(_: str) -> None:
    """With --quiet."""
