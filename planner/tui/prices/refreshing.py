"""Asks the services for today's prices beside the event loop: how far it is can be read, and it can be cancelled.

A thread of its own, not one of Textual's: those are waited for when the app ends, and a service that does not answer
would hold it. Nothing is stored before everything was asked, and nothing at all once it is cancelled.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping
from datetime import date

from textual.app import App

from planner.errors import PlannerError
from planner.refresh.addresses import source_address
from planner.refresh.errors import AddressError
from planner.refresh.fetching import Chance
from planner.refresh.meter import Progress
from planner.refresh.providers import PROVIDERS, Asking
from planner.services.price_refresh import PriceRefresh, refresh_prices
from planner.services.prices import book_in_force, store_if_there, targets_in_force
from planner.services.refresh_request import refresh_request
from planner.store.repository import Store
from planner.tui.dialogs.form import Field, FieldError
from planner.tui.reading import OURS

ALL = "all"
_NO, _YES = "no", "yes"


class RefreshCancelledError(PlannerError):
    """Somebody pressed the key."""


def refresh_fields() -> tuple[Field, ...]:
    """What is asked before: whom, and what to do with the answer."""
    return (
        Field(name="provider", title="ask", choices=(ALL, *PROVIDERS)),
        Field(name="dry_run", title="only show changes", choices=(_NO, _YES)),
        Field(name="accepts", title="take odd prices, too", choices=(_NO, _YES)),
        Field(name="source", title="a mirror's address", is_needed=False, hint="none: the service itself"),
    )


def refresh_judge(answers: Mapping[str, str]) -> None:
    """Whether they can be asked so.

    Raises:
        FieldError: a mirror of none, or an address that must not be asked.
    """
    source = answers["source"]
    if source and answers["provider"] == ALL:
        raise FieldError("source", "belongs to one service: choose which one above")
    if source:
        try:
            source_address(source)
        except AddressError as error:
            raise FieldError("source", str(error)) from error


class Refreshing:
    """One refresh.

    Args:
        app: Is told of the end, on its own loop.
        address: Of the database.
        today: The day of the new prices.
        answers: Of `refresh_fields`.
        then: Takes what was found.
        failed: Takes the sentence why nothing was.
    """

    def __init__(
        self,
        app: App[object],
        *,
        address: str,
        today: date,
        answers: Mapping[str, str],
        then: Callable[[PriceRefresh], None],
        failed: Callable[[str], None],
    ) -> None:
        self._app, self._address, self._today, self._answers = app, address, today, dict(answers)
        self._then, self._failed = then, failed
        self._stop = threading.Event()
        self.progress: Progress | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether it is to end."""
        return self._stop.is_set()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="price refresh", daemon=True).start()

    def cancel(self) -> None:
        """End it: at the next word from the network, or when that gives up; nothing is stored."""
        self._stop.set()

    def _run(self) -> None:
        try:
            found = self._ask()
        except OURS as error:
            self._tell(self._failed, str(error))
        else:
            self._tell(self._then, found)

    def _ask(self) -> PriceRefresh:
        answers, targets = self._answers, targets_in_force()
        is_dry = answers["dry_run"] == _YES
        with store_if_there(self._address) if is_dry else Store.open(self._address) as store:
            book = book_in_force(store, today=self._today, targets=targets)
            request = refresh_request(
                book,
                providers=() if answers["provider"] == ALL else (answers["provider"],),
                regions=(),
                source=answers["source"] or None,
                today=self._today,
                accepts_changes=answers["accepts"] == _YES,
                is_dry_run=is_dry,
            )
            asking = Asking(watch=self._watch, chance=Chance(sleep=self._sleep), before_storing=self._go_on)
            return refresh_prices(store, book, request, targets=targets, asking=asking)

    def _watch(self, progress: Progress) -> None:
        self.progress = progress
        self._go_on()

    def _sleep(self, seconds: float) -> None:
        self._stop.wait(seconds)
        self._go_on()

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise RefreshCancelledError("the refresh was cancelled: nothing was stored, the prices known before stand")

    def _tell(self, told: Callable[..., None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
            self._app.call_from_thread(told, what)
