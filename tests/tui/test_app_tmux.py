"""The whole way in a real terminal, as somebody goes it: from an empty folder to a verdict, to the results, and out."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.brought_models import write_colour_model
from helpers.fake_bench import wait_until

from planner.store import Store
from planner.tui.remembering import Memory, remember

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
_LOOK_EVERY_S = 0.2  # each look starts a process

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
        size_unsaid = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=size_unsaid).stdout

    def press(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self("send-keys", *keys)

    def until(self, *words: str, without: str | None = None) -> None:
        """Wait until all of these stand on the screen, and something no more."""

        def holds() -> bool:
            screen = self.screen
            return all(word in screen for word in words) and (without is None or without not in screen)

        wait_until(holds, what=f"{words} on the screen, and not {without}", every_s=_LOOK_EVERY_S)

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


_TICKED = (("variants", "int8-dynamic"), ("runtimes", "onnxruntime"), ("devices", "cpu"), ("batch sizes", "1"))


def test_from_an_empty_folder_to_a_verdict_and_out(tmux: Tmux, tmp_path: Path) -> None:
    """A small model of one's own, without data. Before each key its place is seen to have the cursor."""
    write_colour_model(tmp_path / "model.onnx")
    memory = Memory(view="measure")
    memory.of("measure")["ticked"] = "\n".join("\t".join(one) for one in _TICKED)  # as whoever wants a quick look
    remember(memory, tmp_path / "config" / "app.json")
    tmux.start(sys.executable, "-m", "planner")
    tmux.until("1▸Measure", "WORKLOADS", "■ onnxruntime", "budget", "20s", "space Tick")
    tmux.press("Tab")
    tmux.until("enter: the next field")
    tmux.press("C-u", "2", "s")
    tmux.until("2s of timing")
    tmux.press("BTab")
    tmux.until("space Tick")
    tmux.press("b")
    tmux.until("completes the path", "name an .onnx file", without="space Tick")
    tmux.press("-l", "model.onnx")
    tmux.until("$ planner bench --model model.onnx", "--budget 2s", "no data: random inputs")
    tmux.press("Escape")
    tmux.until("space Tick")
    tmux.press("r")
    tmux.until("✓ done", "o opens the result", "int8-dynamic")
    tmux.press("2")
    with Store.open_existing(tmp_path / "results.db") as store:
        (run,) = store.runs()
    tmux.until("2▸Results", run.run_id)
    tmux.press("q")
    wait_until((tmp_path / "code").exists, what="the end of the app")
    wait_until(lambda: (tmp_path / "code").read_text(encoding="utf-8").strip(), what="its exit code")
    assert (tmp_path / "code").read_text(encoding="utf-8").strip() == "0"
    assert (run.observer, run.state, run.is_simulated) == ("tui", "completed", False)
