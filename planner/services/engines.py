"""Builds TensorRT engines of ONNX files and hands them over with their provenance. Nothing is measured or stored.

An engine is judged by what its builder says of each layer. That is a plan: what ran is proved on a GPU, by `bench`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import ArtifactError
from harness.runtimes.tensorrt.cache import encode_record, write_engine
from harness.supervisor.engines import build_engine_apart
from harness.verdict.planned import judge_plan
from harness.vocabulary import LayerRun, ProofState, ProofVerdict
from harness.vocabulary.engine import BuiltEngine, EngineOrder, EngineRecord
from planner.services.exit_codes import ExitCode

SCHEMA = "planner.engine/1"
RECORD_SUFFIX = ".json"
_CODES = {
    ProofState.AS_NAMED: ExitCode.ACCEPTED_AND_FASTER,
    ProofState.NOT_AS_NAMED: ExitCode.NOT_AS_NAMED,
    ProofState.UNVERIFIED: ExitCode.UNDECIDED,
}

_LABELS = {
    ProofState.AS_NAMED: "{}",
    ProofState.NOT_AS_NAMED: "not {}",
    ProofState.UNVERIFIED: "{}, unverified",
}

Watcher = Callable[[int, int], None]
"""Told how many of how many of the builder's steps are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReport:
    """An engine, where it lies, and whether it deserves its name. Its JSON form is an API.

    `label` is what it may be called: its precision, or that it is not. `quantized` says how the INT8 file was made,
    where it was made on the way. `has_run` is false: no layer has.
    """

    schema: str
    label: str
    model: str
    path: str
    provenance: str
    verdict: ProofVerdict
    record: EngineRecord
    was_cached: bool
    has_run: bool = False
    quantized: dict[str, str] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[LayerRun, ...]:
        """The layers of linear algebra, in the builder's order."""
        return tuple(layer for layer in self.record.proof.layers if layer.is_compute)

    @property
    def exit_code(self) -> ExitCode:
        """0 as named, 4 not as named, 3 where the builder does not tell."""
        return _CODES[self.verdict.state]


def build(
    model: Path,
    order: EngineOrder,
    out: Path,
    *,
    logs: Path,
    watch: Watcher = lambda _done, _total: None,
    named: Path | None = None,
    quantized: dict[str, str] | None = None,
) -> EngineReport:
    """Build an engine of a model and write it, with its provenance beside it.

    Args:
        model: an ONNX file; Q/DQ for INT8.
        order: what is asked for.
        out: the engine's file.
        logs: a folder for what TensorRT says.
        watch: told of the builder's steps.
        named: what the user calls the model, where it was made of that just now.
        quantized: how it was made then.

    Raises:
        HarnessError: the engine cannot be built, or not be written; TensorRT's refusals are in its own words.
    """
    built = build_engine_apart(model, order, logs=logs, progress=watch)
    beside = out.with_name(out.name + RECORD_SUFFIX)
    _hand_over(built, out, beside)
    verdict = judge_plan(built.record.proof, order.precision)
    return EngineReport(
        schema=SCHEMA,
        label=_LABELS[verdict.state].format(order.precision),
        model=str(named or model),
        path=str(out),
        provenance=str(beside),
        verdict=verdict,
        record=built.record,
        was_cached=built.was_cached,
        quantized=dict(quantized or {}),
    )


def _hand_over(built: BuiltEngine, out: Path, beside: Path) -> None:
    try:
        content = Path(built.path).read_bytes()
        if hashlib.sha256(content).hexdigest() != built.record.engine_sha256:
            raise ArtifactError(f"{built.path} changed while it was copied: build again")
        write_engine(out, content)
        write_engine(beside, encode_record(built.record))
    except OSError as error:
        raise ArtifactError(f"--out {out} cannot be written: {error.strerror or error}") from error
