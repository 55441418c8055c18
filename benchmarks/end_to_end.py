"""11. From an FP32 model and labelled data to a decision: one command of ours, and what else takes by hand.

By hand means NNCF to quantise, benchmark_app on both models, and a loop for accuracy; Olive does it by one file of
configuration. Each begins with nothing in a cache. What each does not tell is named.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.arms import flagship
from benchmarks.comparison import Context, Found
from benchmarks.peers import Answer
from benchmarks.result import BenchmarkError, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from harness.workloads.workload import Workload

_MOST_S = 60.0
_CALIBRATION = 256
_BY_HAND, _OLIVE = "NNCF, benchmark_app and a loop for accuracy, by hand", "Olive"


def run(context: Context) -> Found:
    """Ours, by hand, Olive: one after the other, once each."""
    found = Found()
    workload = flagship()
    folder = context.folder("end-to-end")
    context.narrate("planner bench")
    spent_s, document = _bench(folder, samples="200" if context.quick else "all")
    _export(workload, folder, test_samples=context.times(10_000, 200))
    context.narrate(_BY_HAND)
    by_hand = found.ask(_BY_HAND, lambda: _by_hand(folder, seconds=context.times(10, 1)))
    context.narrate(_OLIVE)
    olive = found.ask(_OLIVE, lambda: peers.ask(peers.HUGGING_FACE, "olive_end_to_end.py", {"folder": str(folder)}))
    found.rows.extend(result_rows(spent_s, document, {_BY_HAND: by_hand, _OLIVE: olive}))
    return found


def _bench(folder: Path, *, samples: str) -> tuple[float, Mapping[str, Any]]:
    """The command with every default, an empty cache and a database of its own; its seconds and its document."""
    command = [sys.executable, "-m", "planner", "--db", str(folder / "runs.db"), "bench"]
    options = ["--json", "--quiet", "--exit-zero", "--wait", "60s", "--samples", samples]
    environment = {**os.environ, "PLANNER_CACHE": str(folder / "cache"), "PLANNER_STATE": str(folder / "state")}
    began = time.monotonic()
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, env=environment)
    spent_s = time.monotonic() - began
    if done.returncode:
        raise BenchmarkError(f"planner bench ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    document: Mapping[str, Any] = json.loads(done.stdout)
    return spent_s, document


def _export(workload: Workload, folder: Path, *, test_samples: int) -> None:
    """The same model and data for tools that cannot read a workload."""
    (folder / "model.onnx").write_bytes(workload.required_model.read_bytes())
    calibration = workload.split("calibration").take(_CALIBRATION, seed=1)
    test = workload.split("test").take(test_samples, seed=1)
    for name, split in (("calibration", calibration), ("test", test)):
        (values,) = split.feed(np.arange(split.samples)).values()
        np.save(folder / f"{name}.npy", values)
    if test.labels is None:
        raise BenchmarkError("the flagship's test split has no labels")
    np.save(folder / "labels.npy", test.labels)


def _by_hand(folder: Path, *, seconds: int) -> Answer:
    """The three steps as a script of this package's own environment, which has NNCF and OpenVINO."""
    return peers.ask_python(Path(sys.executable), "nncf_by_hand.py", {"folder": str(folder), "seconds": seconds})


def result_rows(spent_s: float, document: Mapping[str, Any], answers: Mapping[str, Answer | None]) -> list[Row]:
    """A row for each peer, also where it was not there."""
    ours = Quantity(value=spent_s, unit=Unit.SECONDS)
    told = told_by(document)
    rows = []
    for peer, answer in answers.items():
        rows.append(
            Row(
                what="from FP32 model and data to a decision, empty cache",
                ours=ours,
                peer=None if answer is None else Quantity(value=answer.wall_s, unit=Unit.SECONDS),
                peer_name=peer,
                ratio=None if answer is None else Quantity(value=spent_s / answer.wall_s, unit=Unit.RATIO),
                target="one command, ≤ 60 s",
                outcome=at_most(spent_s, _MOST_S),
                note=f"planner judged {len(document['verdicts'])} candidates and told {', '.join(told)}"
                f"; {_absent(document)}{_beside(peer, answer)}",
                in_readme=True,
            )
        )
    return rows


def _beside(peer: str, answer: Answer | None) -> str:
    """What the peer came to, and what it did not tell; nothing of one that was not there."""
    if answer is None:
        return ""
    before, after = answer.told["fp32_accuracy"], answer.told["int8_accuracy"]
    return (
        f"; {peer} came to {answer.told['speed_up']:.2f}× and {100 * before:.2f} % → {100 * after:.2f} %, without a "
        "gate, an interval, memory or a proof"
    )


def told_by(document: Mapping[str, Any]) -> list[str]:
    """Which parts of a decision a run's document holds, from what is in it and not from what is promised."""
    parts = {
        "a gate": any(one["gate"] != "not-measured" for one in document["verdicts"]),
        "an interval": any(one["ratio"] is not None for one in document["comparisons"]),
        "memory": any(one["peak_bytes"] is not None for arm in document["arms"] for one in arm["memory"]),
        "a proof": any(arm["proof"] is not None for arm in document["arms"]),
        "cost": bool(document.get("costs")),
    }
    return [name for name, is_there in parts.items() if is_there]


def _absent(document: Mapping[str, Any]) -> str:
    missing = [one for one in ("a gate", "an interval", "memory", "a proof", "cost") if one not in told_by(document)]
    return f"missing in that command: {', '.join(missing)}" if missing else "nothing is missing"


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
