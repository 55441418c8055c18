"""Wrong input is answered with exit code 2 and one sentence, never with a traceback."""

import pytest
from helpers.command_line import CommandLine, refuses

from planner.store import Store


@pytest.mark.parametrize(
    "arguments",
    [
        ["runs", "--limit", "-3"],
        ["compare", "no run"],
        ["compare", "latest"],
        ["delete", "latest", "--yes"],
        ["export", "0a0a0a0a", "--out", "runs.zip"],
        ["export", "latest", "--out", "no/such/folder/runs.zip"],
        ["import", "no-such-file.zip"],
        ["cache", "prune"],
        ["cache", "list", "--older-than", "1 month"],
    ],
)
def test_it_is_one_sentence(planner: CommandLine, store: Store, arguments: list[str]) -> None:
    store.close()
    refuses(planner(*arguments))


def test_a_misspelt_variant_is_refused_before_any_file_is_looked_at(planner: CommandLine) -> None:
    answer = planner("bench", "--model", "nowhere.onnx", "--variants", "fp32,int8-statik")
    assert "did you mean int8-static?" in refuses(answer)


@pytest.mark.parametrize("address", ["no/such/folder/results.db", ".", "nonsense://place", " "])
def test_a_database_that_cannot_be_is_one_sentence(planner: CommandLine, address: str) -> None:
    refuses(planner("--db", address, "runs"))


@pytest.mark.parametrize(
    "arguments", [["fly"], ["runs", "--limit", "many"], ["runs", "--colour"], ["cache", "burn"], ["export", "latest"]]
)
def test_what_the_parser_does_not_know_shows_the_usage(planner: CommandLine, arguments: list[str]) -> None:
    answer = planner(*arguments)
    assert answer.returncode == 2
    assert "usage: planner" in answer.stderr
    assert "Traceback" not in answer.stderr
