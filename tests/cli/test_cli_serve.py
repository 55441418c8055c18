"""`planner serve`: the app in a browser: it starts, answers its own page alone, draws, and ends."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
from helpers.command_line import Ask, CommandLine, refuses

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")
_PATIENCE_S = 60.0


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running `planner serve` on a free port, and that port."""
    environment = CommandLine(folder=folder).environment | {"PLANNER_CONFIG": str(folder / "config")}
    with subprocess.Popen(
        [sys.executable, "-m", "planner", "--db", "team.db", "serve", "--port", "0"],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            told = process.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:(\d+) ", told)
            assert found is not None, told + process.stderr.read()
            assert "there is no login" in process.stderr.readline()
            yield process, int(found.group(1))
        finally:
            process.kill()


def get(port: int, **headers: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    connection.request("GET", "/", headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


async def drawn(port: int, process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """The processes behind an open page that shows the app; the server is ended meanwhile."""
    address = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{address}/ws", origin="http://evil.example")
        page = await session.ws_connect(f"{address}/ws?width=100&height=30", origin=address)
        told = b""
        while b"Measure" not in told:
            told += await asyncio.wait_for(page.receive_bytes(), _PATIENCE_S)
        behind = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        while not page.closed:
            await asyncio.wait_for(page.receive(), _PATIENCE_S)
        return behind


def test_the_app_is_drawn_in_its_own_page_alone_and_ends_with_the_server(tmp_path: Path) -> None:
    with served(tmp_path) as (process, port):
        status, page = get(port)
        assert (status, "<title>planner</title>" in page, "keys.focus()" in page) == (200, True, True)  # no click first
        assert get(port, Host=f"localhost:{port}")[0] == 200
        assert get(port, Host=f"evil.example:{port}")[0] == 403
        behind = asyncio.run(drawn(port, process))
        assert behind
        assert process.wait(_PATIENCE_S) == 0
        _, alive = psutil.wait_procs(behind, timeout=_PATIENCE_S)
        assert alive == []
    assert not (tmp_path / "results.db").exists()


def test_an_address_that_cannot_be_had_is_refused(ask: Ask) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert f"127.0.0.1:{port} cannot be had" in refuses(ask("serve", "--port", port))
    assert "write a number from 1 to 65535" in refuses(ask("serve", "--port", "70000"))
    assert "there is no login: add --i-know-it-has-no-login" in refuses(ask("serve", "--host", "0.0.0.0"))  # noqa: S104
    assert "is no address of this machine" in refuses(ask("serve", "--host", "x" * 70))


def test_what_is_missing_is_named(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(os.environ)
    monkeypatch.delitem(sys.modules, "planner.cli.serving", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert "pip install 'planner[serve]'" in refuses(ask("serve", "--port", "0"))
    assert os.environ == before
