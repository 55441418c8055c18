"""Keeps the settings that an arm's runtime ran with, as JSON, beside the arm."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of older runs no settings are known."""
    op.add_column("arms", sa.Column("settings", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("arms", "settings")
