"""Keeps raw outputs beside classes, agreement, the whole request's time, and what calibration data look like."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; of older runs nothing of it is known."""
    op.add_column("runs", sa.Column("calibration_findings", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("predictions", sa.Column("outputs", sa.LargeBinary(), nullable=True))
    op.add_column("predictions", sa.Column("output_samples", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("predictions", sa.Column("change", sa.Double(), nullable=False, server_default="0"))
    _create_agreements()
    _create_pipelines()


def downgrade() -> None:
    """Remove them."""
    for table in ("pipelines", "agreements"):
        op.drop_table(table)
    for column in ("change", "output_samples", "outputs"):
        op.drop_column("predictions", column)
    op.drop_column("runs", "calibration_findings")


def _create_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("run_id", sa.String(8), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Text(), nullable=False),
        sa.Column("same_class", sa.Double(), nullable=True),
        sa.Column("snr_db", sa.Double(), nullable=True),
        sa.Column("worst_snr_db", sa.Double(), nullable=True),
        sa.Column("largest_difference", sa.Double(), nullable=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        _arm_key("agreements", "candidate"),
        sa.PrimaryKeyConstraint("run_id", "candidate", "baseline", name="pk_agreements"),
    )


def _create_pipelines() -> None:
    op.create_table(
        "pipelines",
        sa.Column("run_id", sa.String(8), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("repeats", sa.BigInteger(), nullable=False),
        sa.Column("preprocess_s", sa.Double(), nullable=False),
        sa.Column("copy_s", sa.Double(), nullable=False),
        sa.Column("inference_s", sa.Double(), nullable=False),
        sa.Column("postprocess_s", sa.Double(), nullable=False),
        _arm_key("pipelines", "arm"),
        sa.PrimaryKeyConstraint("run_id", "arm", "batch", name="pk_pipelines"),
    )


def _arm_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_run_id_{column}"
    return sa.ForeignKeyConstraint(["run_id", column], ["arms.run_id", "arms.name"], name=name, ondelete="CASCADE")
