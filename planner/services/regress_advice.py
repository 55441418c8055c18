"""What to do next, in sentences, with the commands that do it."""

from collections.abc import Iterator

from harness.statistics.steps import LEAST_HISTORY
from harness.vocabulary import Trend
from planner.services.followed_figures import Figure
from planner.services.regress_document import FigureFinding, RegressDocument

_MOST_COMPARED = 3
_LEAST_ARMS = 2


def advice_on(document: RegressDocument) -> tuple[str, ...]:
    """The sentences, the most pressing first."""
    return tuple(_sentences(document))


def _sentences(document: RegressDocument) -> Iterator[str]:
    in_state = {state: [one for one in document.figures if one.state is state] for state in Trend}
    regressed, suspected = in_state[Trend.REGRESSED], in_state[Trend.SUSPECTED]
    yield from _look([*regressed, *suspected])
    if _is_the_machine(document):
        yield (
            "all latencies changed alike and no speed-up did: look at the machine first "
            "(`planner doctor`), then at what all arms share"
        )
    if suspected:
        yield (
            f"measure again with the same `planner bench` command, then `planner regress`: "
            f"a change is confirmed by {document.confirm} runs in a row"
        )
    if regressed:
        yield from _accept(document, regressed)
    if in_state[Trend.NOT_ENOUGH_HISTORY]:
        yield from _more_history(in_state[Trend.NOT_ENOUGH_HISTORY])
    if document.left_out and not document.any_host and _is_only_the_host(document):
        count = len(document.left_out)
        yield (
            f"{count} run{'s' * (count != 1)} of another host left out: --any-host compares speed-ups across "
            "machines, which survive a change of machine better than times do"
        )


def _look(figures: list[FigureFinding]) -> Iterator[str]:
    pairs = dict.fromkeys((one.previous, one.since) for one in figures if one.previous and one.since)
    for previous, since in list(pairs)[:_MOST_COMPARED]:
        yield f"`planner compare {previous} {since}` sets the run before the change beside the first with it"


def _accept(document: RegressDocument, regressed: list[FigureFinding]) -> Iterator[str]:
    """How a change that is meant stops being told."""
    runs = [*(one.run for one in document.runs), document.run]
    after = len(runs) - 1 - max(runs.index(one.since) for one in regressed if one.since)
    if after > 0:
        again = f"; times need {LEAST_HISTORY} runs of it then" if after < LEAST_HISTORY else ""
        yield f"if the change is meant, `--last {after}` leaves out what was before it{again}"


def _more_history(figures: list[FigureFinding]) -> Iterator[str]:
    noisy = [one for one in figures if not one.is_exact]
    if noisy:
        yield "times are told from chance only with a history: go on measuring with the same `planner bench` command"


def _is_the_machine(document: RegressDocument) -> bool:
    times = [one for one in document.figures if one.figure is Figure.P50]
    ratios = [one for one in document.figures if one.figure is Figure.SPEED_UP]
    worse = {Trend.REGRESSED, Trend.SUSPECTED}
    return (
        len(times) >= _LEAST_ARMS
        and all(one.state in worse for one in times)
        and bool(ratios)
        and not any(one.state in worse for one in ratios)
    )


def _is_only_the_host(document: RegressDocument) -> bool:
    """Whether some run was left out for its machine alone, not for what was asked of it."""
    return any(all(not one.field.startswith("plan.") for one in run.differences) for run in document.left_out)
