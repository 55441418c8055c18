"""`planner prices refresh`: what a person sees, exit codes, JSON, and Ctrl-C in the middle."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import pytest
from helpers.command_line import Ask, CommandLine, refuses
from helpers.price_server import Handler, PriceServer
from helpers.price_services import Item, aws_file, aws_index, aws_rows, azure_items, azure_page


@pytest.fixture(scope="module")
def server() -> Iterator[PriceServer]:
    found = PriceServer()
    yield found
    found.close()


def azure(handler: Handler, *, factor: float = 1.0, left_out: int = 0) -> None:
    """Azure with every price times a factor, and the first ones left out."""
    region = "eastus" if "'eastus'" in unquote(handler.path) else "westeurope"
    items: list[Item] = azure_items(region, factor=factor)[left_out:]
    handler.send(200, azure_page(items))


def test_a_dry_run_shows_old_and_new_and_creates_nothing(ask: Ask, server: PriceServer, tmp_path: Path) -> None:
    source = server.answers(partial(azure, factor=0.67, left_out=1))
    answer = ask("prices", "refresh", "--provider", "azure", "--source", source, "--dry-run")

    assert answer.returncode == 0
    for expected in (
        "a dry run stores nothing",
        "52 changed, 2 vanished",
        "−33.00 %",
        "$0.5260",
        "$0.3524",
        "vanished",
    ):
        assert expected in " ".join(answer.stdout.split())
    assert "azure: virtual machines in eastus, page 1" in answer.stderr
    assert max(map(len, answer.stdout.splitlines())) <= 120
    assert list(tmp_path.iterdir()) == []


def test_a_refresh_is_in_force_until_it_is_forgotten(ask: Ask, server: PriceServer) -> None:
    source = server.answers(partial(azure, factor=0.5))
    command = ("prices", "refresh", "--provider", "azure", "--region", "eastus", "--source", source, "--quiet")
    answer = ask(*command)
    assert (answer.returncode, answer.stderr) == (0, "")
    digest = answer.stdout.partition("planner prices forget ")[2].split()[0]
    listed = ("prices", "list", "--provider", "azure", "--region", "eastus", "--target", "t4")
    assert "$0.2630" in ask(*listed).stdout

    server.answers(partial(azure, factor=50.0))
    refused = ask(*command, "--json")
    (told,) = json.loads(refused.stdout)["providers"]
    assert (refused.returncode, told["outcome"], told["digest"]) == (1, "refused", None)
    assert "became 26.3 USD, 100 times as much" in "".join(one["sentence"] for one in told["oddities"])
    assert "$0.2630" in ask(*listed).stdout

    ask("prices", "forget", digest)
    assert "$0.5260" in ask(*listed).stdout


def test_what_cannot_be_asked_is_said(ask: Ask, server: PriceServer) -> None:
    needs_a_key = ask("prices", "refresh", "--provider", "gcp", "--dry-run")
    assert needs_a_key.returncode == 1
    assert "unavailable: GCP's catalogue needs an API key" in needs_a_key.stdout

    source = server.answers(lambda handler: handler.send(200, b"<html>", kind="text/html"))
    failed = ask("prices", "refresh", "--provider", "aws", "--source", source, "--dry-run", "--quiet")
    assert failed.returncode == 1
    assert "the prices known before stand" in " ".join(failed.stdout.split())

    for wrong in (
        ("--provider", "azur"),
        ("--region", "x y"),
        ("--source", "http://mirror.example"),
        ("--timeout", "0"),
    ):
        refuses(ask("prices", "refresh", "--provider", "azure", "--dry-run", *wrong))


def test_ctrl_c_in_the_middle_of_a_file_ends_with_130_and_nothing_stored(
    planner: CommandLine, ask: Ask, server: PriceServer
) -> None:
    file = aws_file(aws_rows())

    def half(handler: Handler) -> None:
        if handler.path.endswith(".json"):
            handler.send(200, aws_index())
        else:
            handler.begin(200, kind="text/csv", Content_Length=str(len(file)))
            handler.wfile.write(file[: len(file) // 2])
            handler.hang()

    source = server.answers(half)
    command = [sys.executable, "-P", "-m", "planner", "prices", "refresh", "--provider", "aws", "--source", source]
    process = subprocess.Popen(
        command, cwd=planner.folder, env=planner.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 30
    while len(server.asked) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (130, "")
    assert err.endswith("planner: interrupted\n")
    assert "Traceback" not in err
    assert "the shipped one" in ask("prices", "list", "--target", "t4").stdout
    assert "imported" not in ask("prices", "list", "--target", "t4").stdout
