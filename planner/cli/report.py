"""`planner report`: a plan and its evidence as documents."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.cli import diagnostics, output
from planner.reports.document import Report
from planner.reports.forms import CSV, DEFAULT_FORMS, FORMS
from planner.services.prices import price_date
from planner.services.reporting.asking import folder_of, moment_of, title_of
from planner.services.reporting.exchange import exchange_of
from planner.services.reporting.making import ReportRequest, draw_alone, draw_report, make_report
from planner.services.reporting.wishes import ReportWishes
from planner.services.reporting.writing import require_place, write_report
from planner.settings import database_address
from planner.store.repository import Store
from planner.wording.text import plain
from planner.wording.typed import names
from pricing.files import nearest, one_of, shown

SCHEMA = "planner.report-files/1"
_STANDARD_OUTPUT = "-"


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
    wishes = ReportWishes(title=title_of(options.title), exchange=exchange_of(options.currency, options.rate))
    day = None if options.replay is None else price_date(options.replay, today=today, option="--replay")
    if options.out == _STANDARD_OUTPUT:
        _require_one(forms, options)
    tell = _say_nothing if options.quiet else diagnostics.note
    with Store.open_existing(database_address(options.db)) as store:
        stored = store.plan(options.plan)
        folder = _folder(options.out, stored.plan_id, day)
        if folder is not None:
            require_place(folder, [FORMS[name].file for name in forms if name != CSV], overwrite=options.force)
        made_at = moment_of(options.made_at, stored, now=datetime.now(UTC))
        request = ReportRequest(wishes=wishes, made_at=made_at, day=day, today=today, tell=tell)
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
    """Where to write; None: standard output."""
    if out == _STANDARD_OUTPUT:
        return None
    return folder_of(out, plan_id, day)


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


def _say_nothing(_: str) -> None:
    """With --quiet."""
