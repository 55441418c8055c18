"""How the real app on a real terminal ends and goes on: signals, a vanished terminal, suspension, storms, bugs."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from helpers.fake_bench import FakeBench, wait_until
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script

from benchmarks.app_terminal import Terminal
from planner.store import Store
from planner.tui.remembering import Memory, recall, remember

_TERMINAL_RESTORED = b"\x1b[?1049l"
_BUG = """
import sys
from planner.__main__ import main
from planner.tui.app import PlannerApp

def broken(self):
    raise RuntimeError("[bold]quite[/] unexpected")

PlannerApp.action_next_theme = broken
sys.exit(main())
"""
_MEASURING = """
import sys
from planner.__main__ import main
from planner.tui.screens.measure import MeasureScreen
shown = MeasureScreen.on_mount
workload = sys.argv.pop()

def start_at_once(self):
    shown(self)
    self.queue((("bench", "--workload", workload, "--batch", "1", "--budget", "2s"),))

MeasureScreen.on_mount = start_at_once
sys.exit(main())
"""


def _environment(folder: Path, **more: str) -> Mapping[str, str]:
    names = ("CACHE", "STATE", "CONFIG", "HOST_LOCK")
    paths = {f"PLANNER_{name}": str(folder / name.lower()) for name in names}
    return {**paths, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one), **more}


def _app(folder: Path, *arguments: str, view: str = "results", program: str = "", **more: str) -> Terminal:
    remember(Memory(view=view), folder / "config" / "app.json")
    started = ("-c", program) if program else ("-m", "planner")
    asked = ["--db", str(folder / "results.db"), *arguments]
    return Terminal(asked, environment=_environment(folder, **more), program=started)


def _opened(app: Terminal, words: bytes = b"nothing was measured yet") -> None:
    app.until(words)


def test_a_terminal_that_vanishes_ends_the_app_which_remembers(tmp_path: Path) -> None:
    with _app(tmp_path) as app:
        _opened(app)
        app.write(b"t4")
        app.until(b"Findings")
        app.vanish()
        assert app.wait() in {128 + signal.SIGHUP, -signal.SIGHUP}
    assert recall(tmp_path / "config" / "app.json").view == "prices"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_app_and_gives_the_terminal_back(tmp_path: Path, number: int) -> None:
    with _app(tmp_path) as app:
        _opened(app)
        app.signal(number)
        assert app.wait() == 128 + number
        assert _TERMINAL_RESTORED in app.output
    assert recall(tmp_path / "config" / "app.json").view == "results"


def test_a_storm_of_resizes_and_a_suspension_break_nothing_and_ctrl_c_leaves(tmp_path: Path) -> None:
    sizes = [(1 + 37 * step % 300, 1 + 13 * step % 100) for step in range(200)]
    with _app(tmp_path) as app:
        _opened(app)
        for size in [(1, 1), *sizes, (300, 100), (1, 100), (300, 1), (100, 30)]:
            app.resize(size)
            app.read(patience_s=0.0)
        at = len(app.output)
        app.write(b"?")
        app.until(b"find a key", since=at)
        app.write(b"\x1b\x1b")
        app.write(b"\x1a")
        app.until(lambda: app.state() == "T")
        at = len(app.output)
        app.signal(signal.SIGCONT)
        app.until(b"nothing was measured yet", since=at)
        app.write(b"\x03")
        assert app.wait() == 0


def test_a_bug_ends_the_app_with_a_sentence_and_keeps_its_traceback(tmp_path: Path) -> None:
    with _app(tmp_path, program=_BUG) as app:
        _opened(app)
        app.write(b"t")
        assert app.wait() == 70
        after = app.output.partition(_TERMINAL_RESTORED)[2].decode()
    assert "a bug in planner ended the app: RuntimeError: [bold]quite[/] unexpected" in after
    assert "Traceback" not in after
    (kept,) = (tmp_path / "state" / "logs" / "app").iterdir()
    assert str(kept) in after.replace("\r\n", "")
    assert "in broken" in kept.read_text(encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[FakeBench]:
    """A workload of the fake runtime; what still measures it at the end is ended."""
    bench = FakeBench(folder=tmp_path)
    bench.write_workload({FP32: make_script(), PER_CHANNEL: make_int8_script()})
    yield bench
    for one in bench.processes():
        one.kill()


def test_a_run_goes_on_when_its_terminal_vanishes(bench: FakeBench, tmp_path: Path) -> None:
    with _app(tmp_path, str(bench.workload), view="measure", program=_MEASURING, PLANNER_FAKE_RUNTIME="1") as app:
        app.until(b"SIMULATED")
        app.vanish()
        app.wait()
    wait_until(lambda: not bench.processes(), what="the end of the run")
    with Store.open_existing(bench.database) as store:
        assert [str(run.state) for run in store.runs()] == ["completed"]
