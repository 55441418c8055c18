"""Keeps who vouches for a point of a run's deployment checklist, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; it is empty until somebody vouches for something."""
    op.create_table(
        "attestations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(8), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=True),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("attested_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attested_at", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_attestations_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_attestations"),
    )
    op.create_index("ix_attestations_run_id", "attestations", ["run_id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_attestations_run_id", "attestations")
    op.drop_table("attestations")
