"""Thousands of damaged files of every form a user may bring: each is read or refused, in bounded time, in place.

`PLANNER_FUZZ=20000` reads so many of each form. Native code reads some of them, so that each form has a process of
its own: a crash or a hang there is a failed test with the file that caused it.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.brought_models import write_colours
from helpers.command_line import CommandLine
from helpers.fuzzing import CASE_S, KINDS, model_seeds, mutants, require_a_refusal
from helpers.mutations import swapped_json

from harness.errors import WorkerError
from harness.events import Evaluate, Evaluated, Inspect, Inspected, Load, Loaded
from harness.supervisor.process import WorkerProcess, WorkerRefusedError
from harness.vocabulary import Arm, Method, Recipe

pytest.importorskip("onnx")
pytest.importorskip("PIL", reason="pictures are decoded with Pillow")
pytest.importorskip("tokenizers", reason="texts are read with tokenizers")

_CASES = int(os.environ.get("PLANNER_FUZZ", "2000"))
_LOADED = max(48, _CASES // 40)  # models that a runtime really opens
_BATCH_S = 60 + _CASES * 0.05
_FOUND = (138, 205, 253, 639)  # a hang, names that a terminal obeys, an error that is no text
_RUNTIMES = ("onnxruntime", "openvino")
_TOML = """schema = 2
name = "fuzz"
model = { file = "model.onnx" }
data = { test = "test.npz" }
preprocessing = { kind = "none" }
"""


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A folder with a file beside it that is nobody's business."""
    (tmp_path / "secret").write_bytes(b"\0" * 2000)
    (tmp_path / "box").mkdir()
    return tmp_path / "box"


def _outside(box: Path) -> list[tuple[str, int]]:
    return sorted((str(one), one.stat().st_mtime_ns) for one in box.parent.iterdir() if one != box)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused_and_nothing_else(box: Path, kind: str) -> None:
    before = _outside(box)

    answer = subprocess.run(
        [sys.executable, "-P", "-m", "helpers.fuzzing", kind, str(_CASES), "1"],
        cwd=box,
        env=_environment(box),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_BATCH_S,
        check=False,
    )

    refused, _, count = answer.stdout.strip().partition(" of ")
    assert answer.returncode == 0, answer.stderr[-4000:]
    assert count == f"{_CASES} refused"
    assert _CASES // 10 < int(refused) < _CASES  # else it tests one of the two alone
    assert _outside(box) == before


@pytest.mark.parametrize("runtime", _RUNTIMES)
def test_a_runtime_given_a_damaged_model_answers_or_refuses_or_dies_alone(
    box: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(runtime)
    for name, value in _environment(box).items():
        monkeypatch.setenv(name, value)
    wholes = model_seeds(box / "model.onnx")
    write_colours(box / "test.npz", samples=20)
    (box / "workload.toml").write_text(_TOML, encoding="utf-8")
    before = _outside(box)
    ends = []

    worker = None
    for place, number in enumerate((*_FOUND, *range(_LOADED))):
        (box / "model.onnx").write_bytes(
            mutants(wholes[max(0, place - len(_FOUND)) % len(wholes)], random.Random(f"{runtime} {number}"))
        )
        worker = worker or WorkerProcess(f"{runtime}/fp32", log=box / "worker.log")
        ends.append(_end_of(worker, box, runtime))
        if ends[-1] == "ended":
            worker.close()
            worker = None
    if worker is not None:
        worker.close()

    assert {"answered", "refused"} <= set(ends)
    assert ends[: len(_FOUND)].count("ended") == 0
    assert ends.count("ended") < len(ends) // 4
    assert _outside(box) == before


def test_what_is_damaged_hangs_on_its_seed_alone_and_can_be_written() -> None:
    once, again = (
        [swapped_json(b'{"a": [1, {"b": [2, 3]}], "c": [[4]]}', random.Random(seed)) for seed in range(3000)]
        for _ in range(2)
    )

    assert once == again


def _end_of(worker: WorkerProcess, folder: Path, runtime: str) -> str:
    """Load the model and ask it, and say how that went."""
    arm = Arm(label="fp32", recipe=Recipe(method=Method.FP32), runtime=runtime, threads=1)
    load = Load(arm=arm, workload=str(folder), artifact=str(folder / "model.onnx"), batches=(1,), launch=1)
    try:
        worker.send(Inspect(model=load.artifact))  # as every command does first
        while not isinstance(worker.receive(timeout_s=CASE_S), Inspected):
            pass
        worker.ask(load, Loaded, timeout_s=CASE_S)
        worker.send(Evaluate(split="test", batch=8))
        while not isinstance(worker.receive(timeout_s=CASE_S), Evaluated):
            pass
    except WorkerRefusedError as error:
        require_a_refusal(error)
        return "refused"
    except WorkerError:
        return "ended"
    return "answered"


def _environment(box: Path) -> dict[str, str]:
    places = {name: str(box / name) for name in ("TMPDIR", "HOME")}
    for place in places.values():
        Path(place).mkdir(exist_ok=True)
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root), str(root / "tests")])
    return CommandLine(folder=box).environment | places | {"PYTHONPATH": paths}
