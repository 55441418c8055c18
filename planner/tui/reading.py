"""Reads and computes off the event loop, and tells in place what went wrong. Screens are built on it."""

from collections.abc import Callable
from typing import TypeVar

from textual.dom import DOMNode
from textual.worker import Worker, get_current_worker

from harness.errors import HarnessError
from planner.errors import PlannerError
from pricing.errors import PricingError

Found = TypeVar("Found")
Told = TypeVar("Told")
OURS = (HarnessError, PlannerError, PricingError)


def read_apart(
    node: DOMNode,
    work: Callable[[], Found],
    *,
    then: Callable[[Found], None],
    failed: Callable[[str], None],
    group: str,
) -> Worker[None]:
    """Do `work` in a thread, then tell the screen; a later call of the same group makes this one's answer unwanted.

    Args:
        node: Whose life it must not outlast.
        work: Reads or computes; knows nothing of screens.
        then: Takes what was found, on the event loop.
        failed: Takes the sentence of an error of ours, on the event loop. Other errors are bugs and end the app.
        group: Names what is read.
    """

    def read() -> None:  # no partial: Textual tells every worker by its `repr`, which would be that of whole answers
        _read(node, work, then, failed)

    return node.run_worker(read, group=group, exclusive=True, thread=True, exit_on_error=True)


def _read(
    node: DOMNode, work: Callable[[], Found], then: Callable[[Found], None], failed: Callable[[str], None]
) -> None:
    worker = get_current_worker()

    def tell(how: Callable[[Told], None], what: Told) -> None:
        if not worker.is_cancelled and node.is_attached:  # nor while the app is being left
            how(what)

    try:
        found = work()
    except OURS as error:
        if not worker.is_cancelled:
            node.app.call_from_thread(tell, failed, str(error))
        return
    if not worker.is_cancelled:
        node.app.call_from_thread(tell, then, found)
