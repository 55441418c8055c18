"""Keeps the server scenario: levels with their raw samples, and the rates that hold."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; no older run had the scenario."""
    op.create_table(
        "server_levels",
        sa.Column("run_id", sa.String(8), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("level_index", sa.BigInteger(), nullable=False),
        sa.Column("rate_per_s", sa.Double(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("is_contaminated", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("latencies", sa.LargeBinary(), nullable=False),
        sa.Column("waits", sa.LargeBinary(), nullable=False),
        sa.Column("batch_sizes", sa.LargeBinary(), nullable=False),
        _arm_key("server_levels"),
        sa.PrimaryKeyConstraint("run_id", "arm", "level_index", name="pk_server_levels"),
    )
    op.create_table(
        "server_rates",
        sa.Column("run_id", sa.String(8), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("held_rate_per_s", sa.Double(), nullable=False),
        sa.Column("missed_rate_per_s", sa.Double(), nullable=True),
        sa.Column("rate", sa.Text(), nullable=False),
        _arm_key("server_rates"),
        sa.PrimaryKeyConstraint("run_id", "arm", name="pk_server_rates"),
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("server_rates", "server_levels"):
        op.drop_table(table)


def _arm_key(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_run_id_arm"
    return sa.ForeignKeyConstraint(["run_id", "arm"], ["arms.run_id", "arms.name"], name=name, ondelete="CASCADE")
