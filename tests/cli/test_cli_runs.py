"""`planner runs`: the list, empty, long, and of runs whose process is gone."""

import fcntl
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers.builders import make_environment, make_plan
from helpers.command_line import CommandLine, refuses
from helpers.runs import create_full_run, create_run
from helpers.stores import open_store

from harness.environment import Observer, read_environment
from planner.store import Store


def create_run_of_this_host(store: Store) -> str:
    """A run in state RUNNING, measured here."""
    here = read_environment(Observer.HEADLESS)
    return store.create_run(make_plan(), here, observer=Observer.HEADLESS, planner_version="0.1.0")


def test_without_a_database_it_says_what_to_do_first(planner: CommandLine, tmp_path: Path) -> None:
    sentence = refuses(planner("runs"))
    assert "planner bench" in sentence
    assert not (tmp_path / "results.db").exists()


def test_an_empty_store_says_what_to_do_first(planner: CommandLine, store: Store) -> None:
    store.close()
    answer = planner("runs")
    assert answer.returncode == 0
    assert "planner bench" in answer.stdout


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_run_shows_its_best_candidate_with_figures_and_verdict(
    planner: CommandLine, store: Store, columns: str
) -> None:
    run_id = create_full_run(store, rounds=3)
    store.close()
    answer = planner("runs", COLUMNS=columns)
    for expected in (
        *(run_id, "✓ completed", "toy", "int8-static:per-channel on fake", "2.00×", "1.98–2.02"),
        *("✓ faster", "✓ accepted", "2 arms", "3 rounds", "just now", "! 1 failed"),
    ):
        assert expected in answer.stdout
    assert max(len(line) for line in answer.stdout.splitlines()) <= int(columns)


def test_no_colour_is_written_where_nobody_looks(planner: CommandLine, store: Store) -> None:
    create_full_run(store)
    store.close()
    assert "\x1b" not in planner("runs").stdout


def test_json_gives_every_figure_of_the_list(planner: CommandLine, store: Store) -> None:
    run_id = create_full_run(store, rounds=3)
    store.close()
    document = json.loads(planner("runs", "--json").stdout)
    assert document["schema"] == "planner.runs/1"
    (run,) = document["runs"]
    assert run["run_id"] == run_id
    assert run["rounds"] == 3
    assert run["best"]["ratio"] == pytest.approx(2.0)


def test_a_simulated_run_is_marked(planner: CommandLine, store: Store) -> None:
    create_run(store, is_simulated=True)
    store.close()
    assert "SIMULATED toy" in planner("runs").stdout


def test_a_running_run_whose_process_is_gone_shows_as_interrupted(planner: CommandLine, store: Store) -> None:
    create_run_of_this_host(store)
    store.close()
    assert "! interrupted" in planner("runs").stdout


def test_a_running_run_shows_as_running_while_the_host_is_held(planner: CommandLine, store: Store) -> None:
    create_run_of_this_host(store)
    store.close()
    with planner.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "~ running" in planner("runs").stdout


def test_a_running_run_of_another_host_stays_as_it_is(planner: CommandLine, store: Store) -> None:
    create_run(store)
    store.close()
    assert "~ running" in planner("runs").stdout


def test_a_limit_keeps_the_newest_and_says_so(planner: CommandLine, store: Store) -> None:
    create_run(store, workload="older")
    create_run(store, workload="newer")
    store.close()
    answer = planner("runs", "--limit", "1")
    assert "newer" in answer.stdout
    assert "older runs are left out" in answer.stdout
    assert "toy" not in answer.stdout


def test_only_runs_of_the_workload_asked_for_are_listed(planner: CommandLine, store: Store) -> None:
    create_run(store, workload="cats")
    create_run(store, workload="dogs")
    store.close()
    document = json.loads(planner("runs", "--workload", "cats", "--json").stdout)
    assert [run["workload"] for run in document["runs"]] == ["cats"]


def test_a_thousand_runs_are_listed(planner: CommandLine, tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with open_store(tmp_path / "results.db", now=lambda: moment) as store:
        environment = make_environment()
        for number in range(1000):
            plan = replace(make_plan(), workload=f"toy-{number}")
            store.create_run(plan, environment, observer=Observer.HEADLESS, planner_version="0.1.0")
    answer = planner("runs", "--limit", "0")
    assert answer.returncode == 0
    assert sum("toy-" in line for line in answer.stdout.splitlines()) == 1000


def test_a_negative_limit_is_refused(planner: CommandLine, store: Store) -> None:
    store.close()
    assert "--limit -1" in refuses(planner("runs", "--limit", "-1"))
