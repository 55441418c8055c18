"""6. Quality, speed and executed precision of the INT8 models that tools make by default, on one CNN and its data.

Every model runs in a worker of the harness, all in turns with one another, and is judged by the same gate and the same
proof. What is compared is what the recipes yield, not how anybody measures.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import peers
from benchmarks.arms import Side, flagship, plan_of, prepared, record, serving
from benchmarks.comparison import Context, Found
from benchmarks.default_precision import judged_as_it_comes
from benchmarks.judged import OURS, Judged, chosen, dominates, judge_all, predict, prove
from benchmarks.recipes import OPENVINO_RECIPES, ORT_RECIPES
from benchmarks.result import BenchmarkError, Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from harness.variants import parse_variant
from harness.vocabulary import Arm, Method, Speed, TimingRules
from harness.workloads.workload import Workload

_RUNTIMES = ("onnxruntime", "openvino")
_NEURAL_COMPRESSOR = "neural-compressor"
_CALIBRATION = 128
_MADE_S = 900.0
_REFUSED = "nncf-onnx"
_TITLES = {
    "ort-default": "ORT quantize_static, default",
    "ort-per-channel": "ORT quantize_static, per channel",
    "ort-entropy": "ORT quantize_static, entropy",
    "ort-percentile": "ORT quantize_static, percentile",
    "nncf-onnx": "nncf.quantize on ONNX, run by ORT",
    "nncf-openvino": "nncf.quantize on OpenVINO",
    "nncf-accuracy-control": "nncf.quantize_with_accuracy_control",
    _NEURAL_COMPRESSOR: "Neural Compressor 2.6, static",
}


def run(context: Context) -> Found:
    """Make all, serve all, judge all."""
    found = Found()
    workload = flagship()
    folder = context.folder("recipes")
    _export(workload, folder)
    sides = [*_our_sides(context), *_their_sides(context, found, workload, folder)]
    plan = plan_of([side.arm for side in sides], workload, timing=TimingRules())
    plan = replace(plan, test_samples=context.times(3000, 200))
    context.narrate(f"{len(sides)} models in turns")
    with serving(sides, test_samples=plan.test_samples) as workers:
        predictions = {name: predict(worker) for name, worker in workers.items()}
        proofs = {arm.name: prove(workers[arm.name], arm) for arm in plan.arms}
        seconds = context.sized(45.0, 4.0)
        recording = record(plan, workers, until=lambda _: False, at_most_s=seconds)
    judged = judge_all(recording, workload, predictions, proofs)
    found.rows.extend(_rows(judged))
    found.rows.extend(_refused(judged))
    found.rows.append(_bf16_row(workload))
    return found


def _export(workload: Workload, folder: Path) -> None:
    """The model and its data, for tools that cannot read a workload."""
    (folder / "model.onnx").write_bytes(workload.required_model.read_bytes())
    calibration = workload.split("calibration").take(_CALIBRATION, seed=1)
    search = workload.split("search")
    (values,) = calibration.feed(np.arange(calibration.samples)).values()
    np.save(folder / "calibration.npy", values)
    chosen = np.arange(min(1000, search.samples))
    (values,) = search.feed(chosen).values()
    np.save(folder / "search.npy", values)
    if search.labels is None:
        raise BenchmarkError("the flagship's search split has no labels: the accuracy control has nothing to look at")
    np.save(folder / "labels.npy", search.labels[chosen])


def _our_sides(context: Context) -> list[Side]:
    workload = flagship()
    arms = [
        Arm(label=label, recipe=workload.resolve(parse_variant(label)), runtime=runtime, threads=1)
        for runtime in _RUNTIMES
        for label in (str(Method.FP32), *OURS)
    ]
    return list(prepared(arms, workload, context.folder("ours")))


def _their_sides(context: Context, found: Found, workload: Workload, folder: Path) -> list[Side]:
    """What could be made here; what could not is noted as absent."""
    sides = []
    for name in (*ORT_RECIPES, *OPENVINO_RECIPES):
        context.narrate(f"making {_TITLES[name]}")
        out = folder / f"{name}.{'xml' if name in OPENVINO_RECIPES else 'onnx'}"
        reason = _made(name, folder, out)
        if reason is None:
            sides.append(_side(name, out, workload))
        else:
            found.absent[_TITLES[name]] = reason
    out = folder / "neural-compressor.onnx"
    asked = {"model": str(folder / "model.onnx"), "calibration": str(folder / "calibration.npy"), "out": str(out)}
    context.narrate(f"making {_TITLES[_NEURAL_COMPRESSOR]}")
    answer = found.ask(
        _TITLES[_NEURAL_COMPRESSOR],
        lambda: peers.ask(peers.NEURAL_COMPRESSOR, "neural_compressor_static.py", asked),
    )
    if answer is not None:
        sides.append(_side(_NEURAL_COMPRESSOR, out, workload))
    return sides


def _made(name: str, folder: Path, out: Path) -> str | None:
    """Make one in a process of its own; why it could not be made, or `None`."""
    command = [sys.executable, "-m", "benchmarks.recipes", name, str(folder), str(out)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_MADE_S,
            check=False,
            env=peers.quietly(),
            cwd=peers.HERE.parent,
        )
    except subprocess.TimeoutExpired:
        return f"not finished after {_MADE_S:.0f} s"
    if done.returncode == 0 and out.exists():
        return None
    return peers.last_words(done.stderr) or f"exit code {done.returncode}"


def _side(name: str, artifact: Path, workload: Workload) -> Side:
    runtime = "openvino" if name in OPENVINO_RECIPES else "onnxruntime"
    arm = Arm(label=name, recipe=parse_variant(f"int8-static:file={artifact.name}"), runtime=runtime, threads=1)
    return Side(arm=arm, artifact=str(artifact), workload=workload)


def _rows(judged: Sequence[Judged]) -> list[Row]:
    choice = chosen(judged)
    return [
        *(_own_row(one, is_choice=one is choice) for one in judged if one.arm.label in OURS),
        *(_row(choice, one) for one in judged if one.arm.label not in OURS),
    ]


def _own_row(one: Judged, *, is_choice: bool) -> Row:
    return Row(
        what=f"p50 of {one.arm.name}{', the choice' if is_choice else ''}",
        ours=Quantity(value=one.p50_s, unit=Unit.SECONDS),
        note=_told(one),
        in_readme=is_choice,
    )


def _row(choice: Judged | None, one: Judged) -> Row:
    title = _TITLES[one.arm.label]
    is_beaten = choice is None or dominates(one, choice)
    return Row(
        what="p50 of the INT8 flagship",
        ours=None if choice is None else Quantity(value=choice.p50_s, unit=Unit.SECONDS),
        peer=Quantity(value=one.p50_s, unit=Unit.SECONDS),
        peer_name=title,
        ratio=None if choice is None else Quantity(value=choice.p50_s / one.p50_s, unit=Unit.RATIO),
        target="not beaten on latency and worst class at once",
        outcome=Outcome.MISSED if is_beaten else Outcome.MET,
        note=_told(one),
        in_readme=True,
    )


def _told(one: Judged) -> str:
    share = one.proof.share_by_time
    in_int8 = "unknown" if share is None else f"{100 * share:.0f} %"
    speed = "–" if one.speed_up is None else f"{one.speed_up:.2f}×"
    return (
        f"{one.arm.name}, {speed} of its FP32, accuracy {100 * one.accuracy:.2f} %, worst class "
        f"{-100 * one.worst_drop:+.1f} points, {in_int8} of compute time as named, {one.verdict.speed}, "
        f"{one.verdict.gate}"
    )


def _refused(judged: Sequence[Judged]) -> list[Row]:
    """The model that hardly runs in INT8 must not pass as an INT8 measurement, nor as faster."""
    for one in judged:
        if one.arm.label == _REFUSED:
            is_refused = one.verdict.speed in {Speed.NOT_INT8, Speed.SLOWER}
            return [
                Row(
                    what="NNCF's ONNX model in ONNX Runtime is refused",
                    ours=None,
                    peer_name=_TITLES[_REFUSED],
                    target="refused",
                    outcome=Outcome.MET if is_refused else Outcome.MISSED,
                    note=f"verdict: {one.verdict.speed}; {one.proof.reason}",
                    in_readme=True,
                )
            ]
    return []


def _bf16_row(workload: Workload) -> Row:
    verdict, reason = judged_as_it_comes(workload)
    return Row(
        what="OpenVINO's default run of an FP32 model is flagged where it is not FP32",
        ours=None,
        peer_name="OpenVINO as it comes",
        target="flagged",
        outcome=Outcome.NOT_IDENTIFIED if verdict is None else Outcome.MET if verdict else Outcome.MISSED,
        note=reason,
        in_readme=True,
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
