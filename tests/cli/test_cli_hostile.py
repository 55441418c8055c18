"""Names from elsewhere may hold anything; a terminal gets none of it raw."""

import json
import unicodedata

import pytest
from helpers.command_line import Answer, CommandLine
from helpers.runs import create_run

from planner.store import Store

_ESCAPES = "\x1b]0;owned\x07\x1b[31m[bold]red[/bold]\x9b2J\x7f\u202etxt"
_HOSTILE = f"[link=x]{_ESCAPES}"


def controls_in(answer: Answer) -> set[str]:
    """Control and format characters that reached a stream."""
    said = answer.stdout + answer.stderr
    return {character for character in said if unicodedata.category(character) in {"Cc", "Cf"}} - {"\n"}


@pytest.mark.parametrize("command", [["runs"], ["compare", "latest"], ["delete", "latest", "--yes"]])
def test_a_hostile_workload_name_prints_safely(planner: CommandLine, store: Store, command: list[str]) -> None:
    create_run(store, workload=_HOSTILE)
    create_run(store, workload=_HOSTILE)
    store.close()
    answer = planner(*command)
    assert answer.returncode == 0
    assert not controls_in(answer)


def test_brackets_in_a_name_are_no_markup(planner: CommandLine, store: Store) -> None:
    create_run(store, workload="[bold]toy[/bold]:smile:")
    store.close()
    assert "[bold]toy[/bold]:smile:" in planner("runs").stdout


def test_a_refusal_that_quotes_a_hostile_name_prints_safely(planner: CommandLine, store: Store) -> None:
    first = create_run(store, workload=_HOSTILE)
    second = create_run(store, workload_digest="0f" * 32)
    store.close()
    answer = planner("compare", first, second)
    assert answer.returncode == 2
    assert not controls_in(answer)


@pytest.mark.parametrize("command", [["runs", "--workload"], ["delete", "--yes"], ["import"]])
def test_a_hostile_argument_is_answered_without_a_traceback(
    planner: CommandLine, store: Store, command: list[str]
) -> None:
    store.close()
    answer = planner(*command, _HOSTILE)
    assert answer.returncode in {0, 2}
    assert "Traceback" not in answer.stderr


def test_json_escapes_what_a_terminal_would_obey(planner: CommandLine, store: Store) -> None:
    create_run(store, workload="\x1b[31m\x7f\x9b2Jtoy")
    store.close()
    answer = planner("runs", "--json")
    assert not {"\x1b", "\x7f", "\x9b"} & set(answer.stdout)
    assert json.loads(answer.stdout)["runs"][0]["workload"] == "\x1b[31m\x7f\x9b2Jtoy"


def test_a_path_with_brackets_and_spaces_is_only_a_path(planner: CommandLine) -> None:
    answer = planner("--db", "[red] results.db", "doctor", "--no-noise")
    assert "[red] results.db: not there yet" in answer.stdout
