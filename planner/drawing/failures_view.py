"""Draws what broke in a run: each error once, with the arms that had it."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from harness.supervisor.log_excerpt import shown_log
from harness.vocabulary import Failure
from planner.services.run_document import RunDocument
from planner.wording.text import plain


def failures_told(document: RunDocument) -> Iterator[RenderableType]:
    """What happened, what to try, and the last lines of a log."""
    alike: dict[tuple[str, str], list[Failure]] = {}
    for failure in document.failures:
        alike.setdefault(_essence(failure), []).append(failure)
    for failures in alike.values():
        first = failures[0]
        yield Text(plain(f"! {_who(failures)}: {first.message}"), style="red")
        if first.hint:
            yield Padding(Text(plain(f"try: {first.hint}")), (0, 0, 0, 4))
        if shown := shown_log(first.log_tail, beside=first.message):
            yield Padding(Text(plain(shown), style="dim"), (0, 0, 0, 4))


def _essence(failure: Failure) -> tuple[str, str]:
    """What an error says but for the name of the variant that had it."""
    return failure.message.replace(failure.arm.partition("/")[2], ""), failure.hint


def _who(failures: Sequence[Failure]) -> str:
    """`a and b failed during quantize, c during load`."""
    stages: dict[str, list[str]] = {}
    for failure in failures:
        stages.setdefault(failure.stage, []).append(failure.arm)
    (first, arms), *rest = stages.items()
    told = [f"{_and(arms)} failed during {first}", *(f"{_and(arms)} during {stage}" for stage, arms in rest)]
    return ", ".join(told)


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
