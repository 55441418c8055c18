"""Creates everything: runs, what was recorded of their arms, and the results."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    *("failures", "verdicts", "comparisons", "quality_comparisons", "rounds", "warm_ups", "energy_readings"),
    *("qualities", "predictions", "proofs", "memory_readings", "artifacts", "trials", "arms", "runs"),
)


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    _create_runs()
    _create_trials()
    _create_evidence_of_arms()
    _create_samples()
    _create_results()
    _create_failures()


def downgrade() -> None:
    """Remove every table."""
    for table in TABLES:
        op.drop_table(table)


def _create_runs() -> None:
    op.create_table(
        "runs",
        Column("run_id", String(8), nullable=False),
        *_filled(Text, "workload", "workload_digest", "baseline", "state"),
        *_optional(BigInteger, "exit_code"),
        Column("started_at", String(32), nullable=False),
        Column("finished_at", String(32), nullable=True),
        *_filled(Text, "observer", "planner_version"),
        *_filled(Boolean, "is_simulated"),
        *_filled(Text, "plan", "environment"),
        PrimaryKeyConstraint("run_id", name="pk_runs"),
    )
    op.create_index("ix_runs_started_at", "runs", ["started_at"])
    op.create_index("ix_runs_workload", "runs", ["workload"])
    op.create_table(
        "arms",
        Column("run_id", String(8), nullable=False),
        *_filled(Text, "name"),
        *_filled(BigInteger, "position"),
        _run_key("arms"),
        PrimaryKeyConstraint("run_id", "name", name="pk_arms"),
    )


def _create_trials() -> None:
    _create_of_arm(
        "trials",
        *_filled(BigInteger, "batch"),
        *_filled(Text, "variant", "runtime", "device"),
        *_filled(BigInteger, "threads"),
        *_optional(BigInteger, "calls"),
        *_optional(Double, "p50_s", "p90_s", "p99_s", "throughput", "cpu_s_per_call"),
        *_optional(Text, "measurement"),
        also_key=("batch",),
    )


def _create_evidence_of_arms() -> None:
    _create_of_arm(
        "artifacts", *_filled(Text, "digest"), *_filled(BigInteger, "size_bytes"), *_filled(Text, "provenance")
    )
    _create_of_arm(
        "memory_readings",
        *_filled(Text, "phase"),
        *_filled(BigInteger, "launch"),
        *_optional(BigInteger, "peak_bytes", "resident_bytes"),
        *_optional(Text, "reason"),
        also_key=("phase", "launch"),
    )
    _create_of_arm(
        "proofs",
        *_filled(Text, "state", "ran"),
        *_optional(Double, "share_by_count", "share_by_time"),
        *_filled(Text, "verdict"),
        *_filled(LargeBinary, "proof"),
    )
    _create_of_arm(
        "qualities",
        *_filled(Double, "accuracy"),
        *_filled(BigInteger, "samples"),
        *_optional(Text, "worst_class"),
        *_optional(Double, "worst_recall"),
        *_filled(Text, "figures"),
    )
    _create_of_arm(
        "energy_readings",
        *_optional(Text, "source"),
        *_optional(Double, "gross_j", "net_j"),
        *_optional(Text, "reason"),
    )


def _create_samples() -> None:
    _create_of_arm(
        "predictions",
        *_filled(BigInteger, "samples"),
        *_filled(Text, "data_digest"),
        *_filled(Double, "wall_s"),
        *_filled(BigInteger, "non_finite"),
        *_filled(LargeBinary, "classes"),
    )
    _create_of_arm(
        "warm_ups",
        *_filled(BigInteger, "batch", "launch", "discard"),
        *_filled(Boolean, "is_stable"),
        *_filled(LargeBinary, "latencies"),
        also_key=("batch", "launch"),
    )
    op.create_table(
        "rounds",
        Column("run_id", String(8), nullable=False),
        *_filled(BigInteger, "batch", "launch", "round_index"),
        *_filled(Text, "started_at"),
        *_filled(Double, "wall_s"),
        *_optional(Double, "foreign_cpu_share"),
        *_filled(Boolean, "is_contaminated"),
        *_filled(LargeBinary, "payload"),
        _run_key("rounds"),
        PrimaryKeyConstraint("run_id", "batch", "launch", "round_index", name="pk_rounds"),
    )


def _create_results() -> None:
    _create_of_pair(
        "quality_comparisons",
        *_filled(Double, "difference", "lower", "upper", "agreement", "mcnemar_p"),
        *_filled(Text, "comparison"),
    )
    _create_of_pair(
        "comparisons",
        *_filled(BigInteger, "batch"),
        *_optional(Double, "ratio", "lower", "upper"),
        *_filled(Text, "noise"),
        *_optional(Double, "minimal_effect"),
        *_filled(Text, "comparison"),
        also_key=("batch",),
    )
    _create_of_pair(
        "verdicts",
        *_filled(BigInteger, "batch"),
        *_filled(Text, "speed", "gate", "noise", "verdict"),
        also_key=("batch",),
    )


def _create_failures() -> None:
    op.create_table(
        "failures",
        *_filled(Integer, "failure_id"),
        Column("run_id", String(8), nullable=False),
        *_filled(Text, "arm", "stage", "message", "hint", "log_tail"),
        _run_key("failures"),
        PrimaryKeyConstraint("failure_id", name="pk_failures"),
    )
    op.create_index("ix_failures_run_id", "failures", ["run_id"])


def _create_of_arm(table: str, *columns: Column[object], also_key: tuple[str, ...] = ()) -> None:
    op.create_table(
        table,
        Column("run_id", String(8), nullable=False),
        *_filled(Text, "arm"),
        *columns,
        _arm_key(table, "arm"),
        PrimaryKeyConstraint("run_id", "arm", *also_key, name=f"pk_{table}"),
    )


def _create_of_pair(table: str, *columns: Column[object], also_key: tuple[str, ...] = ()) -> None:
    op.create_table(
        table,
        Column("run_id", String(8), nullable=False),
        *_filled(Text, "candidate", "baseline"),
        *columns,
        _arm_key(table, "candidate"),
        PrimaryKeyConstraint("run_id", "candidate", "baseline", *also_key, name=f"pk_{table}"),
    )


def _run_key(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=f"fk_{table}_run_id", ondelete="CASCADE")


def _arm_key(table: str, column: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_run_id_{column}"
    return ForeignKeyConstraint(["run_id", column], ["arms.run_id", "arms.name"], name=name, ondelete="CASCADE")


def _filled(kind: type, *names: str) -> list[Column[object]]:
    return [Column(name, kind(), nullable=False) for name in names]


def _optional(kind: type, *names: str) -> list[Column[object]]:
    return [Column(name, kind(), nullable=True) for name in names]
