"""The comparisons by number. Their modules are imported when one is wanted: some need a runtime."""

from dataclasses import dataclass
from importlib import import_module

from benchmarks.comparison import Run
from benchmarks.result import BenchmarkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One of them; `name` is its module's.

    `holds_host`: it measures in this process; otherwise it calls commands that hold the host themselves.
    """

    number: int
    name: str
    title: str
    holds_host: bool = True


COMPARISONS = {
    one.number: one
    for one in (
        Comparison(number=1, name="cost_per_query", title="what the load generator costs a query, null model"),
        Comparison(number=2, name="percentiles", title="percentiles of a real model, one thread"),
        Comparison(number=3, name="false_positives", title="identical code called different; a true 3 % found"),
        Comparison(number=4, name="time_to_ratio", title="time to a speed-up within ±2 %"),
        Comparison(number=5, name="bound_coverage", title="whether a 99 % bound of a percentile holds, real trace"),
        Comparison(number=6, name="default_recipes", title="INT8 models as tools make them by default"),
        Comparison(number=7, name="disturbance", title="what the parent takes of the machine"),
        Comparison(number=8, name="memory_peak", title="whether a short peak of memory is seen"),
        Comparison(number=9, name="server", title="the server scenario: waits beside theory, the rate of an SLO"),
        Comparison(number=10, name="warm_up", title="whether warm-up is left out"),
        Comparison(
            number=11, name="end_to_end", title="from an FP32 model and labelled data to a decision", holds_host=False
        ),
        Comparison(number=12, name="queue_simulation", title="queues simulated a second, and the time of an answer"),
        Comparison(number=13, name="point_answer", title="from an edited assumption to the answer of a plan"),
        Comparison(number=14, name="draws", title="how sure a plan is: 10,000 draws of a question"),
        Comparison(number=15, name="cheapest_mix", title="the cheapest mix over every offer shipped"),
        Comparison(number=16, name="report_forms", title="a report of the shipped plan in every form"),
        Comparison(number=17, name="app_fleet", title="from an edited assumption to the painted screen of the app"),
        Comparison(number=18, name="app_start", title="from the app's start to its first frame, 1,000 runs"),
        Comparison(number=19, name="app_keys", title="from a key to the frame that shows it, 10,000 runs"),
        Comparison(number=20, name="app_watching", title="the same run headless and under the app", holds_host=False),
    )
}


def find(number: int) -> Comparison:
    """The comparison of that number.

    Raises:
        BenchmarkError: there is none.
    """
    if number not in COMPARISONS:
        raise BenchmarkError(f"there is no comparison {number}: there are 1 to {max(COMPARISONS)}; --list names them")
    return COMPARISONS[number]


def named(name: str) -> Comparison:
    """The comparison of that module.

    Raises:
        BenchmarkError: there is none.
    """
    for one in COMPARISONS.values():
        if one.name == name:
            return one
    raise BenchmarkError(f"there is no comparison {name!r}: --list names them")


def run_of(comparison: Comparison) -> Run:
    """What carries it out.

    Raises:
        BenchmarkError: it needs a package that is not here.
    """
    try:
        run: Run = import_module(f"benchmarks.{comparison.name}").run
    except ImportError as error:
        raise BenchmarkError(f"it needs what is not here: {error}") from error
    return run
