"""Help: there for every command, with examples."""

import argparse

import pytest
from helpers.command_line import CommandLine

from harness.vocabulary import CalibrationMethod, Granularity, Toolkit
from planner.cli.parser import build_parser


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command of the parser, by name."""
    found = next(action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


@pytest.mark.parametrize("command", commands())
def test_help_of_every_command_has_examples_that_name_it(command: str) -> None:
    text = commands()[command].format_help()
    assert "examples:" in text
    assert f"planner {command}" in text.partition("examples:")[2]


@pytest.mark.parametrize("command", commands())
def test_help_of_every_command_fits_an_ordinary_terminal(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert max(len(line) for line in commands()[command].format_help().splitlines()) <= 100


@pytest.mark.parametrize("command", ["bench", "quantize"])
def test_help_names_every_word_that_may_follow_a_variant(command: str) -> None:
    text = commands()[command].format_help()
    words = {*Granularity, *CalibrationMethod, *Toolkit, "symmetric", "without=NODE", "without-type=OPERATOR"}
    assert not [word for word in words - {CalibrationMethod.MIN_MAX} if str(word) not in text]


def test_without_arguments_it_says_what_there_is_and_where_to_begin(planner: CommandLine) -> None:
    answer = planner.cold()
    assert answer.returncode == 0
    assert "planner doctor" in answer.stdout
    assert not answer.stderr


def test_version_is_one_line(planner: CommandLine) -> None:
    answer = planner.cold("--version")
    assert answer.returncode == 0
    assert answer.stdout.startswith("planner ")
    assert answer.stdout.count("\n") == 1


def test_the_database_may_be_named_behind_the_command_too(planner: CommandLine) -> None:
    before, behind = planner("--db", "mine.db", "runs"), planner("runs", "--db", "mine.db")

    assert "mine.db" in before.stderr + before.stdout
    assert (behind.returncode, behind.stdout, behind.stderr) == (before.returncode, before.stdout, before.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ["workloads", "list"],
        ["workloads", "show", "mine"],
        ["workloads", "prepare", "mine"],
        ["workloads", "new", "mine.toml"],
        ["audit", "calibration"],
        ["cache", "list"],
        ["prices", "list"],
        ["targets", "show", "t4"],
        ["plans", "reproduce"],
    ],
)
def test_the_database_may_be_named_behind_an_action_too(arguments: list[str]) -> None:
    parser = build_parser()

    behind = parser.parse_args([*arguments, "--db", "mine.db", "--debug"])

    assert (behind.db, behind.debug) == ("mine.db", True)
    assert parser.parse_args(["--db", "mine.db", *arguments]).db == "mine.db"
    assert parser.parse_args(arguments).db is None
