"""Keeps how near each arm came to what its machine can do."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; of older runs no limits are known."""
    op.create_table(
        "limits",
        sa.Column("run_id", sa.String(8), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("operations", sa.BigInteger(), nullable=True),
        sa.Column("compulsory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("limit_s", sa.Double(), nullable=True),
        sa.Column("share", sa.Double(), nullable=True),
        sa.Column("bound", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "arm"], ["arms.run_id", "arms.name"], name="fk_limits_run_id_arm", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "arm", "batch", name="pk_limits"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("limits")
