"""Keeps apart what was timed with several calls in flight, and verdicts by scenario."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BEFORE = {
    "trials": ("run_id", "arm", "batch"),
    "warm_ups": ("run_id", "arm", "batch", "launch"),
    "rounds": ("run_id", "batch", "launch", "round_index"),
    "comparisons": ("run_id", "candidate", "baseline", "batch"),
    "verdicts": ("run_id", "candidate", "baseline", "batch"),
}
_AFTER = {
    "trials": ("run_id", "arm", "batch", "concurrency"),
    "warm_ups": ("run_id", "arm", "batch", "concurrency", "launch"),
    "rounds": ("run_id", "batch", "concurrency", "launch", "round_index"),
    "comparisons": ("run_id", "candidate", "baseline", "batch", "concurrency"),
    "verdicts": ("run_id", "candidate", "baseline", "batch", "concurrency", "scenario"),
}


def upgrade() -> None:
    """Widen the keys; in older runs one call was in flight."""
    for table, key in _AFTER.items():
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column("concurrency", sa.BigInteger(), nullable=False, server_default="1"))
            if "scenario" in key:
                changed.add_column(sa.Column("scenario", sa.Text(), nullable=False, server_default="single-stream"))
            changed.drop_constraint(f"pk_{table}", type_="primary")
            changed.create_primary_key(f"pk_{table}", list(key))


def downgrade() -> None:
    """Drop what the old keys cannot hold, and narrow them."""
    for table, key in _BEFORE.items():
        rows = sa.table(table, sa.column("concurrency"), sa.column("scenario"))
        op.execute(sa.delete(rows).where(rows.c.concurrency != 1))
        if "scenario" in _AFTER[table]:
            op.execute(sa.delete(rows).where(rows.c.scenario != "single-stream"))
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(f"pk_{table}", type_="primary")
            for column in {"concurrency", "scenario"} & set(_AFTER[table]):
                changed.drop_column(column)
            changed.create_primary_key(f"pk_{table}", list(key))
