"""Reads how requests arrive: scenarios, and what the server scenario promises."""

import argparse
import re

from harness.errors import UsageError
from harness.vocabulary import Scenario, ServerRules, Slo
from planner.wording.typed import duration_s, names

_SLO = re.compile(r"p(\d{1,2}(?:\.\d{1,3})?)\s*(?:=|<=|≤)\s*(.+)")
_DEFAULT_BUDGET_S = 120.0
_LONGEST_LEVEL_S = 20.0
_LEVELS = 6  # a search takes some ten levels, most of which end at an early look
_ASKED = (Scenario.SINGLE_STREAM, Scenario.OFFLINE, Scenario.SERVER)


def scenarios_of(text: str | None, concurrencies: tuple[int, ...] | None) -> tuple[Scenario, ...]:
    """The scenarios named, and `concurrency` where several calls in flight are asked for.

    Raises:
        UsageError: one is named that does not exist, or twice.
    """
    given = names(text) or (() if concurrencies else (Scenario.SINGLE_STREAM,))
    found = []
    for name in given:
        if name not in {str(one) for one in _ASKED}:
            known = ", ".join(_ASKED)
            raise UsageError(f"--scenario {name!r}: there are {known}; --concurrency says how many calls are in flight")
        found.append(Scenario(name))
    if concurrencies:
        found.append(Scenario.CONCURRENCY)
    if len(set(found)) != len(found):
        raise UsageError(f"--scenario {text}: one is named twice")
    return tuple(found)


def server_rules(options: argparse.Namespace, scenarios: tuple[Scenario, ...]) -> ServerRules | None:
    """The rules of the server scenario; `None` where it is not asked for.

    Raises:
        UsageError: the scenario without an SLO, its options without the scenario, or a value that none can have.
    """
    asked = {
        "--slo": options.slo,
        "--max-batch": options.max_batch,
        "--max-delay": options.max_delay,
        "--instances": options.instances,
        "--server-budget": options.server_budget,
    }
    if Scenario.SERVER not in scenarios:
        if stray := [name for name, value in asked.items() if value is not None]:
            raise UsageError(f"{stray[0]} belongs to the server scenario: add --scenario server")
        return None
    if options.slo is None:
        raise UsageError("--scenario server needs what is promised: add for example --slo p99=20ms")
    max_batch = 1 if options.max_batch is None else options.max_batch
    given = duration_s(options.server_budget, option="--server-budget") if options.server_budget else None
    budget_s = _DEFAULT_BUDGET_S if given is None else given
    return ServerRules(
        budget_s=budget_s,
        level_s=min(_LONGEST_LEVEL_S, budget_s / _LEVELS),
        slo=_slo(options.slo),
        max_batch=max_batch,
        max_delay_s=duration_s(options.max_delay or "0ms", option="--max-delay"),
        instances=1 if options.instances is None else options.instances,
    )


def _slo(text: str) -> Slo:
    match = _SLO.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"--slo {text!r}: write the quantile and its limit, for example p99=20ms")
    return Slo(quantile=float(match[1]) / 100.0, limit_s=duration_s(match[2], option="--slo"))
