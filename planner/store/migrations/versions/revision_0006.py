"""Keeps the certificates of self-tests: the harness's own error rates, by host and moment."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; it is empty until a self-test is made."""
    op.create_table(
        "selftests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.String(32), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("planner_version", sa.Text(), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_selftests"),
    )
    op.create_index("ix_selftests_host_id", "selftests", ["host_id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_selftests_host_id", table_name="selftests")
    op.drop_table("selftests")
