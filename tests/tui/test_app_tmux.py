"""The whole way in a real terminal, as somebody goes it: from an empty folder to a verdict, to the results, and out."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.fake_bench import wait_until

from planner.store import Store
from planner.tui.remembering import Memory, remember

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")


class Tmux:
    """A terminal of 100 × 30 in a server of its own."""

    def __init__(self, folder: Path) -> None:
        self._name, self._folder = f"planner-{uuid.uuid4().hex[:8]}", folder

    def start(self, *command: str) -> None:
        """Run a command in it; its exit code is written to `code`, as the terminal ends with it."""
        variables = {f"PLANNER_{name}": str(self._folder / name.lower()) for name in ("CACHE", "STATE", "CONFIG")}
        variables |= {"PLANNER_HOST_LOCK": str(self._folder / "lock")}
        variables |= {"PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
        given = [part for name, value in variables.items() for part in ("-e", f"{name}={value}")]
        line = f"{' '.join(command)}; echo $? > code"
        self("-f", os.devnull, "new-session", "-d", "-x", "100", "-y", "30", "-c", str(self._folder), *given, line)

    def __call__(self, *arguments: str) -> str:
        """What tmux answers; nothing, once its server has ended."""
        command = ["tmux", "-L", self._name, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def press(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self("send-keys", *keys)

    def until(self, *words: str) -> None:
        """Wait until all of these stand on the screen."""
        wait_until(lambda: all(word in self.screen for word in words), what=f"{words} on the screen")

    @property
    def screen(self) -> str:
        """What stands there."""
        return self("capture-pane", "-p")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """Its server ends with the test."""
    one = Tmux(tmp_path)
    yield one
    one("kill-server")


_TICKED = (
    *(("workloads", "efficientnet-lite0-fashion-mnist"), ("variants", "int8-static:per-channel")),
    *(("runtimes", "onnxruntime"), ("devices", "cpu"), ("batch sizes", "1")),
)


def test_from_an_empty_folder_to_a_verdict_and_out(tmux: Tmux, tmp_path: Path) -> None:
    memory = Memory(view="measure")
    memory.of("measure")["ticked"] = "\n".join("\t".join(one) for one in _TICKED)  # as whoever wants a quick look
    remember(memory, tmp_path / "config" / "app.json")
    tmux.start(sys.executable, "-m", "planner")
    tmux.until("1▸Measure", "WORKLOADS", "$ planner bench --workload")
    tmux.until("20s")
    tmux.press("Tab", "C-u")
    tmux.until(" budget ")
    tmux.press("2", "s", "BTab")  # no escape: with the key after it, it would be another key
    tmux.until(" 2s ", "space Tick")
    tmux.press("r")
    tmux.until("✓ done", "faster")
    tmux.press("2")
    tmux.until("2▸Results", "efficientnet-lite0")
    tmux.press("q")
    wait_until((tmp_path / "code").exists, what="the end of the app")
    wait_until(lambda: (tmp_path / "code").read_text(encoding="utf-8").strip(), what="its exit code")
    assert (tmp_path / "code").read_text(encoding="utf-8").strip() == "0"
    with Store.open_existing(tmp_path / "results.db") as store:
        (run,) = store.runs()
        assert (run.observer, run.state) == ("tui", "completed")
