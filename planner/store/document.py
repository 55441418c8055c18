"""One run as a document: the JSON that archives hold, and the way back into the database.

Works inside the caller's session and transaction. A document from outside is believed only as far
as it comes back from the database exactly as it went in.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec
from sqlalchemy.orm import Session

from harness.vocabulary import Round, ServerLevel
from planner.errors import ArchiveError
from planner.store import answers, limits, results, runs
from planner.store.attestations import Attestation, read_attestations, restore_attestations
from planner.store.reading import load, read_rounds
from planner.store.records import ArmRecord, StoredRun
from planner.store.serving import read_server_levels, write_server_level, write_server_rate

_DEEPEST = 40  # a provenance may nest; a document of ours is 8 deep
_LARGEST = 2**63 - 1  # what an integer column holds
_LONGEST_S = 1e9  # 30 years: no call, round or run takes longer
_SHARES = frozenset(
    {"accuracy", "baseline_accuracy", "candidate_accuracy", "recall", "agreement", "mcnemar_p", "same_class"}
)
_COUNTS = frozenset(
    {"batch", "batches", "index", "launch", "calls", "blocks", "samples", "support", "lost", "gained", "discard"}
    | {
        "cycle",
        "threads",
        "throughput",
        "concurrency",
        "launches",
        "concurrencies",
        "pairs",
        "rounds",
        "contaminated_rounds",
        "non_finite",
        "repeats",
    }
    | {"voluntary_switches", "involuntary_switches", "output_samples", "compared_samples"}
    | {"change", "largest_difference"}
    | {"operations", "least_operations", "peak", "bandwidth", "share"}
)
_ONCE_NEGATIVE = {"mean_wait_lower_s"}  # an interval about a mean near 0, in runs of before it was cut there
_NOT_NEGATIVE = ("_s", "_ns", "_bytes", "_hz")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDocument:
    """A run whole: everything the store holds of it.

    `attestations` are what people said of it later: two documents of one run may differ in them.
    """

    run: StoredRun
    rounds: tuple[Round, ...]
    server_levels: tuple[ServerLevel, ...] = ()
    attestations: tuple[Attestation, ...] = ()

    def measures_as(self, other: "RunDocument") -> bool:
        """Whether both are the same measurement, whatever people said of it."""
        return replace(self, attestations=()) == replace(other, attestations=())


def read_document(session: Session, run_id: str) -> RunDocument:
    """The run as a document.

    Raises:
        RunNotFoundError: if there is no such run.
        StoreError: if a row is damaged.
    """
    return RunDocument(
        run=load(session, run_id),
        rounds=read_rounds(session, run_id),
        server_levels=read_server_levels(session, run_id),
        attestations=read_attestations(session, run_id),
    )


def encode(document: RunDocument) -> bytes:
    """The document as JSON; samples and predictions are base64."""
    return msgspec.json.encode(document, order="deterministic")


def decode(data: bytes, run_id: str) -> RunDocument:
    """Read a document that came from outside.

    Raises:
        ArchiveError: if it is not the document of this run, or holds what no run can.
    """
    try:
        document = msgspec.json.decode(data, type=RunDocument)
        _require_sane(msgspec.to_builtins(document, builtin_types=(bytes,)))
    except RecursionError as error:
        raise ArchiveError(f"run {run_id} is nested too deeply: it was not imported") from error
    said = (moment for one in document.attestations for moment in (one.moment, one.withdrawn))
    moments = (document.run.started_at, document.run.finished_at, *said)
    if any(moment is not None and moment.utcoffset() != timedelta(0) for moment in moments):
        raise ArchiveError(f"run {run_id} names a moment that is not in UTC: it was not imported")
    if document.run.run_id != run_id:
        raise ArchiveError(f"the document of run {run_id} calls itself {document.run.run_id!r}: it was not imported")
    return document


def restore(session: Session, document: RunDocument) -> None:
    """Write a run that is not in the database yet.

    Raises:
        ArchiveError: if it does not come back as it was: it repeats or contradicts itself.
    """
    run = document.run
    runs.create(
        session,
        run.run_id,
        plan=run.plan,
        environment=run.environment,
        observer=run.observer,
        planner_version=run.planner_version,
        started_at=run.started_at,
    )
    row = runs.require(session, run.run_id)
    row.state, row.exit_code, row.finished_at = run.state.value, run.exit_code, run.finished_at
    runs.write_calibration_findings(session, run.run_id, run.calibration_findings)
    for arm in run.arms:
        _restore_arm(session, run.run_id, arm)
    _restore_findings(session, run)
    for one in document.rounds:
        results.write_round(session, run.run_id, one)
    for level in document.server_levels:
        write_server_level(session, run.run_id, level)
    restore_attestations(session, run.run_id, document.attestations)
    session.flush()
    session.expunge_all()
    if read_document(session, run.run_id) != document:
        raise ArchiveError(f"run {run.run_id} repeats or contradicts itself: it was not imported")


def _restore_arm(session: Session, run_id: str, arm: ArmRecord) -> None:
    name = arm.name
    if arm.artifact:
        artifact = arm.artifact
        results.write_artifact(
            session,
            run_id,
            name,
            digest=artifact.digest,
            size_bytes=artifact.size_bytes,
            provenance=artifact.provenance,
        )
    if arm.settings:
        results.write_settings(session, run_id, name, arm.settings)
    if arm.proof:
        results.write_proof(session, run_id, name, proof=arm.proof.proof, verdict=arm.proof.verdict)
    for reading in arm.memory:
        results.write_memory(session, run_id, name, reading)
    if arm.prediction:
        answers.write_prediction(session, run_id, name, arm.prediction)
    if arm.quality:
        answers.write_quality(session, run_id, name, arm.quality)
    if arm.energy:
        results.write_energy(session, run_id, name, arm.energy)


def _restore_findings(session: Session, run: StoredRun) -> None:
    for samples in run.warm_ups:
        results.write_warm_up(session, run.run_id, samples)
    for measurement in run.measurements:
        results.write_measurement(session, run.run_id, measurement)
    for pair in run.quality_comparisons:
        answers.write_quality_comparison(
            session, run.run_id, candidate=pair.candidate, baseline=pair.baseline, comparison=pair.comparison
        )
    for agreement in run.agreements:
        answers.write_agreement(session, run.run_id, agreement)
    for comparison in run.comparisons:
        results.write_comparison(session, run.run_id, comparison)
    for verdict in run.verdicts:
        results.write_verdict(session, run.run_id, verdict)
    for failure in run.failures:
        results.write_failure(session, run.run_id, failure)
    _restore_figures(session, run)


def _restore_figures(session: Session, run: StoredRun) -> None:
    """What is known of arms beside their calls alone."""
    for timing in run.pipelines:
        results.write_pipeline(session, run.run_id, timing)
    for rate in run.server_rates:
        write_server_rate(session, run.run_id, rate)
    for limit in run.limits:
        limits.write_limit(session, run.run_id, limit)


def _require_sane(document: object) -> None:
    for name, value in _leaves(document, "run", 0):
        if isinstance(value, bytes):
            _require_latencies(name, value)
        elif isinstance(value, str) and "\0" in value:
            raise ArchiveError(f"{name} holds a character that no text has: the archive was not imported")
        elif isinstance(value, int | float) and not _is_sane(name, value):
            raise ArchiveError(f"{name} is {value}, which cannot be: the archive was not imported")


def _leaves(value: object, name: str, depth: int) -> Iterator[tuple[str, object]]:
    """Every value that is no collection, with the name of the field that it belongs to."""
    if depth > _DEEPEST:
        raise ArchiveError(f"{name} is nested too deeply: the archive was not imported")
    if isinstance(value, dict):
        for key, item in value.items():
            yield name, key
            # What an artifact's maker writes into its provenance has names of its own.
            yield from _leaves(item, name if name == "provenance" else key, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item, name, depth + 1)
    else:
        yield name, value


def _is_sane(name: str, value: float) -> bool:
    if not math.isfinite(value) or (isinstance(value, int) and abs(value) > _LARGEST):
        return False
    if name in _SHARES:
        return 0 <= value <= 1
    if name.endswith("_s") and value > _LONGEST_S:
        return False
    return value >= 0 or name in _ONCE_NEGATIVE or not (name in _COUNTS or name.endswith(_NOT_NEGATIVE))


def _require_latencies(name: str, value: bytes) -> None:
    # The sign is the highest bit of each little-endian integer's last byte.
    if name == "latencies_ns" and any(byte & 0x80 for byte in value[7::8]):
        raise ArchiveError("a latency is negative, which cannot be: the archive was not imported")
