"""Recurring pulses, and the names of Slack's user groups to choose from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "usergroup",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_group_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_group_id"),
    )
    op.create_table(
        "pulseseries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("asker_id", sa.String(), nullable=False),
        sa.Column("questions", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("privacy", sa.String(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("shares_results", sa.Boolean(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("open_minutes", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_pulse_id", sa.Integer(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["last_pulse_id"],
            ["pulse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pulseseries", schema=None) as batch_op:
        batch_op.create_index("pulse_series_by_team", ["team_id", "stopped_at"], unique=False)


def downgrade() -> None:
    """Go back down."""
    with op.batch_alter_table("pulseseries", schema=None) as batch_op:
        batch_op.drop_index("pulse_series_by_team")

    op.drop_table("pulseseries")
    op.drop_table("usergroup")
