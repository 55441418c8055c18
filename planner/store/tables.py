"""The tables, typed: what a database of runs looks like.

Owns names, types, keys and nothing else. What is asked about often has a column of its own;
the rest of a finding is JSON text beside it, and raw samples are compressed bytes (`codec`).
Everything a run has hangs on it with ON DELETE CASCADE.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from planner.store.table_base import RUN_ID, Base, OfArm, OfPair, OfRun


class RunRow(Base):
    """One run: what was asked, where, and how it ended."""

    __tablename__ = "runs"
    run_id: Mapped[str] = mapped_column(RUN_ID, primary_key=True)
    workload: Mapped[str] = mapped_column(index=True)
    workload_digest: Mapped[str]
    baseline: Mapped[str]
    state: Mapped[str]
    exit_code: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    observer: Mapped[str]
    planner_version: Mapped[str]
    is_simulated: Mapped[bool]
    plan: Mapped[str]
    environment: Mapped[str]
    calibration_findings: Mapped[str] = mapped_column(default="[]", server_default="[]")


class ArmRow(Base):
    """One arm of a run, in the plan's order: what the arm's other rows refer to."""

    __tablename__ = "arms"
    run_id: Mapped[str] = mapped_column(RUN_ID, ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    settings: Mapped[str] = mapped_column(default="{}", server_default="{}")


class TrialRow(OfArm, Base):
    """One arm under one load. The figures are empty until it was measured."""

    __tablename__ = "trials"
    batch: Mapped[int] = mapped_column(primary_key=True)
    concurrency: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    variant: Mapped[str]
    runtime: Mapped[str]
    device: Mapped[str]
    threads: Mapped[int]
    calls: Mapped[int | None]
    p50_s: Mapped[float | None]
    p90_s: Mapped[float | None]
    p99_s: Mapped[float | None]
    throughput: Mapped[float | None]
    cpu_s_per_call: Mapped[float | None]
    measurement: Mapped[str | None]


class ArtifactRow(OfArm, Base):
    """What an arm's runtime loaded, by content: never where it lay on this machine."""

    __tablename__ = "artifacts"
    digest: Mapped[str]
    size_bytes: Mapped[int]
    provenance: Mapped[str]


class MemoryRow(OfArm, Base):
    """Memory of an arm's process in one phase of one launch."""

    __tablename__ = "memory_readings"
    phase: Mapped[str] = mapped_column(primary_key=True)
    launch: Mapped[int] = mapped_column(primary_key=True)
    peak_bytes: Mapped[int | None]
    resident_bytes: Mapped[int | None]
    reason: Mapped[str | None]


class ProofRow(OfArm, Base):
    """Which precision ran. `proof` is compressed: a network has hundreds of layers."""

    __tablename__ = "proofs"
    state: Mapped[str]
    ran: Mapped[str]
    share_by_count: Mapped[float | None]
    share_by_time: Mapped[float | None]
    verdict: Mapped[str]
    proof: Mapped[bytes]


class PredictionRow(OfArm, Base):
    """What an arm answered to the test samples. `outputs` are compressed float32; none in runs before 0003."""

    __tablename__ = "predictions"
    samples: Mapped[int]
    data_digest: Mapped[str]
    wall_s: Mapped[float]
    non_finite: Mapped[int]
    classes: Mapped[bytes]
    outputs: Mapped[bytes | None]
    output_samples: Mapped[int] = mapped_column(default=0, server_default="0")
    change: Mapped[float] = mapped_column(default=0.0, server_default="0")


class QualityRow(OfArm, Base):
    """An arm's metric overall, and of its worst class."""

    __tablename__ = "qualities"
    accuracy: Mapped[float]
    samples: Mapped[int]
    worst_class: Mapped[str | None]
    worst_recall: Mapped[float | None]
    figures: Mapped[str]


class QualityComparisonRow(OfPair, Base):
    """A candidate's quality against its baseline's."""

    __tablename__ = "quality_comparisons"
    difference: Mapped[float]
    lower: Mapped[float]
    upper: Mapped[float]
    agreement: Mapped[float]
    mcnemar_p: Mapped[float]
    comparison: Mapped[str]


class AgreementRow(OfPair, Base):
    """How alike a candidate's outputs are to its baseline's; `snr_db` is empty where nothing differs."""

    __tablename__ = "agreements"
    same_class: Mapped[float | None]
    snr_db: Mapped[float | None]
    worst_snr_db: Mapped[float | None]
    largest_difference: Mapped[float | None]
    agreement: Mapped[str]


class WarmUpRow(OfArm, Base):
    """An arm's first calls, kept although discarded."""

    __tablename__ = "warm_ups"
    batch: Mapped[int] = mapped_column(primary_key=True)
    concurrency: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    launch: Mapped[int] = mapped_column(primary_key=True)
    discard: Mapped[int]
    is_stable: Mapped[bool]
    latencies: Mapped[bytes]


class RoundRow(OfRun, Base):
    """One round with every raw sample in `payload` (`codec.pack_round`)."""

    __tablename__ = "rounds"
    batch: Mapped[int] = mapped_column(primary_key=True)
    concurrency: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    launch: Mapped[int] = mapped_column(primary_key=True)
    round_index: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[str]
    wall_s: Mapped[float]
    foreign_cpu_share: Mapped[float | None]
    is_contaminated: Mapped[bool]
    payload: Mapped[bytes]


class ComparisonRow(OfPair, Base):
    """A candidate's speed against its baseline's; `ratio` above 1 is faster."""

    __tablename__ = "comparisons"
    batch: Mapped[int] = mapped_column(primary_key=True)
    concurrency: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    ratio: Mapped[float | None]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    noise: Mapped[str]
    minimal_effect: Mapped[float | None]
    comparison: Mapped[str]


class VerdictRow(OfPair, Base):
    """The judgement on a candidate under a load."""

    __tablename__ = "verdicts"
    batch: Mapped[int] = mapped_column(primary_key=True)
    concurrency: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    scenario: Mapped[str] = mapped_column(primary_key=True, default="single-stream", server_default="single-stream")
    speed: Mapped[str]
    gate: Mapped[str]
    noise: Mapped[str]
    verdict: Mapped[str]


class EnergyRow(OfArm, Base):
    """Energy per inference, or why there is none."""

    __tablename__ = "energy_readings"
    source: Mapped[str | None]
    gross_j: Mapped[float | None]
    net_j: Mapped[float | None]
    reason: Mapped[str | None]


class PipelineRow(OfArm, Base):
    """Where the time of a whole request goes, in medians of seconds."""

    __tablename__ = "pipelines"
    batch: Mapped[int] = mapped_column(primary_key=True)
    repeats: Mapped[int]
    preprocess_s: Mapped[float]
    copy_s: Mapped[float]
    inference_s: Mapped[float]
    postprocess_s: Mapped[float]


class ServerLevelRow(OfArm, Base):
    """An arm under one rate of random arrivals. `level` is JSON; its raw samples stand compressed beside."""

    __tablename__ = "server_levels"
    level_index: Mapped[int] = mapped_column(primary_key=True)
    rate_per_s: Mapped[float]
    outcome: Mapped[str]
    is_contaminated: Mapped[bool]
    level: Mapped[str]
    latencies: Mapped[bytes]
    waits: Mapped[bytes]
    batch_sizes: Mapped[bytes]


class ServerRateRow(OfArm, Base):
    """The rate of random arrivals at which an arm still keeps the SLO."""

    __tablename__ = "server_rates"
    held_rate_per_s: Mapped[float]
    missed_rate_per_s: Mapped[float | None]
    rate: Mapped[str]


class LimitRow(OfArm, Base):
    """How near an arm came to what its machine can do at a batch size; empty figures have a reason."""

    __tablename__ = "limits"
    batch: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    operations: Mapped[int | None]
    compulsory_bytes: Mapped[int | None]
    limit_s: Mapped[float | None]
    share: Mapped[float | None]
    bound: Mapped[str | None]
    reason: Mapped[str | None]
    figures: Mapped[str]


class FailureRow(Base):
    """A trial that did not finish. `arm` is free text: a failure is never refused."""

    __tablename__ = "failures"
    failure_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[str] = mapped_column(RUN_ID, ForeignKey("runs.run_id", ondelete="CASCADE"), index=True)
    arm: Mapped[str]
    stage: Mapped[str]
    message: Mapped[str]
    hint: Mapped[str]
    log_tail: Mapped[str]


class AttestationRow(Base):
    """Who vouches for a point of the run's checklist. `candidate` is free text, empty for the run as a whole."""

    __tablename__ = "attestations"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[str] = mapped_column(RUN_ID, ForeignKey("runs.run_id", ondelete="CASCADE"), index=True)
    candidate: Mapped[str | None]
    point: Mapped[str]
    attested_by: Mapped[str]
    note: Mapped[str]
    attested_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
