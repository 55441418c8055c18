"""The comparisons by number. Their modules are imported when one is wanted: some need a runtime."""

from importlib import import_module

from benchmarks.comparison import Comparison
from benchmarks.result import BenchmarkError

MODULES = {
    1: "cost_per_query",
    2: "percentiles",
    3: "false_positives",
    4: "time_to_ratio",
    5: "bound_coverage",
    6: "default_recipes",
    7: "disturbance",
    8: "memory_peak",
    9: "server",
    10: "warm_up",
    11: "end_to_end",
}


def find(number: int) -> Comparison:
    """The comparison of that number.

    Raises:
        BenchmarkError: there is none.
    """
    if number not in MODULES:
        raise BenchmarkError(f"there is no comparison {number}: there are 1 to {max(MODULES)}; --list names them")
    found = import_module(f"benchmarks.{MODULES[number]}").COMPARISON
    if not isinstance(found, Comparison):
        raise BenchmarkError(f"benchmarks/{MODULES[number]}.py describes no comparison")
    return found
