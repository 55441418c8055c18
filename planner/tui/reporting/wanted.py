"""What is wished of a report, as it was typed, and the `planner report` that would write the same."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from planner.reports.forms import DEFAULT_FORMS
from planner.services.prices import price_date
from planner.services.reporting.asking import folder_of, moment_of, title_of
from planner.services.reporting.exchange import exchange_of
from planner.services.reporting.making import ReportRequest
from planner.services.reporting.wishes import ReportWishes
from planner.store.plan_records import StoredPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Texts as `planner report` takes them; an empty one is not given.

    Attributes:
        plan: Its name.
        title: Of the report.
        currency: Of amounts, with `rate`.
        rate: Of that currency.
        day: Whose prices count.
        moment: That the report bears.
        forms: To be written.
        folder: Where to.
    """

    plan: str
    title: str = ""
    currency: str = ""
    rate: str = ""
    day: str = ""
    moment: str = ""
    forms: tuple[str, ...] = DEFAULT_FORMS
    folder: str = ""

    def request(self, stored: StoredPlan, *, now: datetime) -> ReportRequest:
        """What is asked of the makers of reports.

        Raises:
            UsageError: if something typed cannot be meant.
        """
        return ReportRequest(
            wishes=ReportWishes(
                title=title_of(self.title or None), exchange=exchange_of(self.currency or None, self.rate or None)
            ),
            made_at=moment_of(self.moment or None, stored, now=now),
            day=self.price_day(now.date()),
            today=now.date(),
        )

    def price_day(self, today: date) -> date | None:
        """The day whose prices count; None: the plan's own.

        Raises:
            UsageError: if it is no day, or has not come.
        """
        return price_date(self.day, today=today, option="--replay") if self.day else None

    def place(self, today: date) -> Path:
        """The folder.

        Raises:
            UsageError: if it reads like a file.
            ReportError: if the plan's name is none for a folder.
        """
        return folder_of(self.folder or None, self.plan, self.price_day(today)).expanduser()

    def command_line(self) -> str:
        """The equal command."""
        return " ".join(("planner report --plan", shlex.quote(self.plan), *self._options()))

    def _options(self) -> Iterator[str]:
        if self.forms != DEFAULT_FORMS:
            yield f"--format {','.join(self.forms)}"
        named = (
            ("--title", self.title),
            ("--currency", self.currency),
            ("--rate", self.rate),
            ("--replay", self.day),
            ("--made-at", self.moment),
            ("--out", self.folder),
        )
        yield from (f"{option} {shlex.quote(text)}" for option, text in named if text)
