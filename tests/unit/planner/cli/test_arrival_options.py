"""What people write about how requests arrive."""

import argparse
from typing import Any

import pytest

from harness.errors import UsageError
from harness.vocabulary import Scenario, Slo
from planner.cli.arrivals import scenarios_of, server_rules

_SERVER = (Scenario.SERVER,)


def _options(**given: Any) -> argparse.Namespace:  # noqa: ANN401 - an option has its own type
    return argparse.Namespace(
        **{"slo": None, "max_batch": None, "max_delay": None, "instances": None, "server_budget": None, **given}
    )


def test_without_wishes_one_call_follows_the_other() -> None:
    assert scenarios_of(None, None) == (Scenario.SINGLE_STREAM,)


def test_calls_in_flight_alone_are_a_scenario_of_their_own() -> None:
    assert scenarios_of(None, (2, 4)) == (Scenario.CONCURRENCY,)
    assert scenarios_of("single-stream,offline", (2,)) == (
        Scenario.SINGLE_STREAM,
        Scenario.OFFLINE,
        Scenario.CONCURRENCY,
    )


@pytest.mark.parametrize("text", ["multi-stream", "concurrency", "Server", "server,server"])
def test_what_is_no_scenario_or_named_twice_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--scenario"):
        scenarios_of(text, None)


@pytest.mark.parametrize(
    ("text", "slo"),
    [
        ("p99=20ms", Slo(quantile=0.99, limit_s=0.02)),
        ("p99.9 = 1.5s", Slo(quantile=0.999, limit_s=1.5)),
        ("p50<=800us", Slo(quantile=0.5, limit_s=0.0008)),
        ("p95≤2", Slo(quantile=0.95, limit_s=2.0)),
    ],
)
def test_a_promise_names_a_quantile_and_a_time(text: str, slo: Slo) -> None:
    rules = server_rules(_options(slo=text), _SERVER)

    assert rules is not None
    assert rules.slo.quantile == pytest.approx(slo.quantile)
    assert rules.slo.limit_s == pytest.approx(slo.limit_s)
    assert (rules.max_batch, rules.max_delay_s, rules.instances) == (1, 0.0, 1)


@pytest.mark.parametrize(
    "text", ["", "p99", "99=20ms", "p100=20ms", "p99=", "p99=0ms", "p99=-1ms", "p20=1s", "p99=20 ms"]
)
def test_what_is_no_promise_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        server_rules(_options(slo=text), _SERVER)


def test_the_server_needs_a_promise_and_its_options_need_the_server() -> None:
    with pytest.raises(UsageError, match="--slo p99=20ms"):
        server_rules(_options(), _SERVER)
    with pytest.raises(UsageError, match="--max-batch belongs to the server scenario"):
        server_rules(_options(max_batch=8), (Scenario.SINGLE_STREAM,))


def test_a_batch_and_its_wait_are_rules_of_the_server() -> None:
    rules = server_rules(_options(slo="p99=20ms", max_batch=8, max_delay="2ms", instances=2), _SERVER)

    assert rules is not None
    assert (rules.max_batch, rules.instances) == (8, 2)
    assert rules.max_delay_s == pytest.approx(0.002)


def test_a_small_budget_has_short_levels() -> None:
    short, usual = (server_rules(_options(slo="p99=20ms", server_budget=text), _SERVER) for text in ("6s", None))

    assert short is not None
    assert usual is not None
    assert (short.budget_s, short.level_s) == (6.0, 1.0)
    assert (usual.budget_s, usual.level_s) == (120.0, 20.0)
