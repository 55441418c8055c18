"""What is asked of a report, from the words that a person types for it."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.errors import ReportError
from planner.reports.forms import FORMS
from planner.services.words_of_people import written
from planner.store.plan_records import StoredPlan
from pricing.files import shown

OF_THE_PLAN = "plan"
"""The moment that the plan was made, so that the same plan gives the same files."""
_LONGEST_TITLE = 200
_PLAN_ID = re.compile(r"[A-Za-z0-9]{1,40}")


def title_of(text: str | None) -> str | None:
    """On one line; None: one that names the models.

    Raises:
        UsageError: if it is empty, or too long.
    """
    if text is None:
        return None
    return written(text, option="--title", longest=_LONGEST_TITLE, what="what stands above the report")


def moment_of(text: str | None, stored: StoredPlan, *, now: datetime) -> datetime:
    """What the report says about when it was made; None: now.

    Raises:
        UsageError: if it is no moment, or has not come.
    """
    if text is None:
        return now
    if text == OF_THE_PLAN:
        return stored.created_at.astimezone(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment > now:
        raise UsageError(f"--made-at {shown(text)}: write plan, or a moment that has been, such as 2026-11-28T10:00Z")
    return moment.astimezone(UTC)


def folder_of(text: str | None, plan_id: str, day: date | None) -> Path:
    """Where its files go; None: a folder that is named by the plan, and by the day whose prices count.

    Raises:
        UsageError: if a file is named where a folder is meant.
        ReportError: if the plan's own name cannot be part of a path.
    """
    if text is None:
        if not _PLAN_ID.fullmatch(plan_id):
            raise ReportError(f"plan {shown(plan_id)} has no name for a folder: name one with --out")
        return Path(f"report-{plan_id}" if day is None else f"report-{plan_id}-{day.isoformat()}")
    if not text.strip():
        raise UsageError("--out is empty: name a folder, or - for standard output")
    folder = Path(text)
    if folder.suffix.lower().lstrip(".") in FORMS and not folder.is_dir():
        raise UsageError(f"--out {text!r:.200} reads like a file: name a folder; the files in it are report.*")
    return folder
