"""What the language model has cost, and the summaries that it made."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "modeluse",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("left_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "day", "model"),
    )
    op.create_table(
        "summarycache",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key"),
    )
    with op.batch_alter_table("summarycache", schema=None) as batch_op:
        batch_op.create_index("summary_cache_by_time", ["team_id", "made_at"], unique=False)


def downgrade() -> None:
    """Go back down."""
    with op.batch_alter_table("summarycache", schema=None) as batch_op:
        batch_op.drop_index("summary_cache_by_time")

    op.drop_table("summarycache")
    op.drop_table("modeluse")
