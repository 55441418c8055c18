"""`planner regress`: the exit code as an API, the screen, and the files."""

import json
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from helpers.builders import INT8, make_environment
from helpers.command_line import CommandLine, refuses
from helpers.histories import STEADY, PastRun, record_run, record_runs, speed_ups
from helpers.runs import create_run

from harness.environment import PackageVersion
from harness.vocabulary import RunState
from planner.store import Store

_HOSTILE = "[link=x]\x1b]0;owned\x07\x1b[31m[bold]red[/bold]\x9b2J\x7f\u202etxt"


@pytest.mark.parametrize(
    ("points", "code"),
    [(STEADY, 0), ((*STEADY, 1.5, 1.5), 1), ((*STEADY, 1.5), 3)],
)
def test_the_exit_code_says_what_came_of_it(
    planner: CommandLine, store: Store, points: tuple[float, ...], code: int
) -> None:
    record_runs(store, speed_ups(*points))
    store.close()
    assert planner("regress").returncode == code


def test_a_certain_regression_outweighs_a_history_that_is_too_short(planner: CommandLine, store: Store) -> None:
    record_runs(store, [PastRun(), PastRun(accuracy=0.5)])
    store.close()
    assert planner("regress").returncode == 1
    assert planner("regress", "--exit-zero").returncode == 0


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_screen_tells_since_when_what_changed_beside_it_and_what_to_do(
    planner: CommandLine, store: Store, columns: str
) -> None:
    before = record_runs(store, speed_ups(*STEADY))
    upgraded = make_environment(packages=(PackageVersion(name="numpy", version="9.9.9"),))
    since, _ = (record_run(store, PastRun(speed_up=1.5), environment=upgraded) for _ in range(2))
    store.close()
    answer = planner("regress", COLUMNS=columns)
    for expected in ("1.50×", "−25", "✗ regressed", since, "packages.numpy", "9.9.9", "✓ steady"):
        assert expected in answer.stdout
    assert f"planner compare {before[-1]} {since}" in " ".join(answer.stdout.split())
    assert ("▁▁" in answer.stdout) == (columns == "120")
    assert max(len(line) for line in answer.stdout.splitlines()) <= int(columns)


def test_json_is_one_document_with_every_figure(planner: CommandLine, store: Store) -> None:
    runs = record_runs(store, speed_ups(*STEADY, 1.5))
    store.close()
    document = json.loads(planner("regress", "--json").stdout)
    assert (document["schema"], document["run"], document["state"]) == ("planner.regress/1", runs[-1], "suspected")
    assert document["exit_code"] == 3
    found = next(one for one in document["figures"] if (one["figure"], one["arm"]) == ("speed-up", INT8))
    assert [point["value"] for point in found["points"]] == [*STEADY, 1.5]
    assert found["points"][-1]["lower"] < 1.5 < found["points"][-1]["upper"]


def test_junit_is_written_whole_and_the_place_is_looked_at_first(planner: CommandLine, store: Store) -> None:
    record_runs(store, [PastRun(), PastRun(accuracy=0.5)])
    store.close()
    assert planner("regress", "--junit", "out.xml").returncode == 1
    assert ET.parse(planner.folder / "out.xml").getroot().tag == "testsuites"  # noqa: S314 - our own
    assert "no folder" in refuses(planner("regress", "--junit", "nowhere/out.xml"))


def test_runs_of_other_hosts_are_told_with_what_differs(planner: CommandLine, store: Store) -> None:
    other = record_run(store, PastRun(), environment=make_environment(host_id="ba9876543210"))
    record_run(store, PastRun())
    store.close()
    answer = planner("regress")
    assert answer.returncode == 3
    assert f"{other}: host_id ba9876543210 → 0123456789ab" in answer.stdout
    assert "unlike" in answer.stdout
    assert "host_id was" in refuses(planner("regress", "--against", other))
    assert "only speed-ups are compared" in planner("regress", "--any-host").stdout


@pytest.mark.parametrize(
    "arguments",
    [["--last", "0"], ["--tolerance", "x"], ["--against", "nothing"]],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    planner: CommandLine, store: Store, arguments: list[str]
) -> None:
    record_run(store, PastRun())
    store.close()
    refuses(planner("regress", *arguments))


def test_hostile_names_print_safely(planner: CommandLine, store: Store) -> None:
    upgraded = make_environment(packages=(PackageVersion(name=_HOSTILE, version=_HOSTILE),))
    record_run(store, PastRun(), workload=_HOSTILE)
    record_run(store, PastRun(accuracy=0.5), workload=_HOSTILE, environment=upgraded)
    store.close()
    answers = [planner(*arguments) for arguments in (["regress"], ["regress", "--tolerance", _HOSTILE])]
    for answer in answers:
        said = answer.stdout + answer.stderr
        assert not {one for one in said if unicodedata.category(one) in {"Cc", "Cf"}} - {"\n"}
        assert "Traceback" not in said
    assert "[bold]red[/bold]" in answers[0].stdout


def test_a_run_without_figures_says_so(planner: CommandLine, store: Store) -> None:
    store.finish(create_run(store), RunState.COMPLETED, 0)
    store.close()
    answer = planner("regress")
    assert answer.returncode == 3
    assert "no figure that can be compared" in answer.stdout
