"""Pulses, and asks that a pulse puts to people."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _allow_asks(*kinds: str) -> None:
    with op.batch_alter_table("ask") as batch_op:
        batch_op.drop_constraint("ask_kind", type_="check")
        batch_op.create_check_constraint("ask_kind", f"kind IN {kinds!r}")


def upgrade() -> None:
    """Go up."""
    _allow_asks("filed_away", "check_in", "pulse")
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("asker_id", sa.String(), nullable=False),
        sa.Column("questions", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("privacy", sa.String(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("shares_results", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("themes", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overrides_id", sa.Integer(), nullable=True),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.CheckConstraint("privacy IN ('named', 'confidential', 'anonymous')", name="pulse_privacy"),
        sa.CheckConstraint("state IN ('planned', 'open', 'closed', 'cancelled')", name="pulse_state"),
        sa.CheckConstraint("(overrides_id IS NULL) = (override_reason IS NULL)", name="pulse_override"),
        sa.ForeignKeyConstraint(
            ["overrides_id"],
            ["pulse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pulse", schema=None) as batch_op:
        batch_op.create_index("pulse_by_asker", ["team_id", "asker_id", "state"], unique=False)
        batch_op.create_index("pulse_by_state", ["team_id", "state", "closes_at"], unique=False)

    op.create_table(
        "pulseinvitation",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pulse_id"],
            ["pulse.id"],
        ),
        sa.PrimaryKeyConstraint("team_id", "pulse_id", "user_id"),
    )
    with op.batch_alter_table("pulseinvitation", schema=None) as batch_op:
        batch_op.create_index("pulse_invitation_by_person", ["team_id", "user_id"], unique=False)

    op.create_table(
        "pulseballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("held_for", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "pulse_id", "user_id"],
            ["pulseinvitation.team_id", "pulseinvitation.pulse_id", "pulseinvitation.user_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "pulse_id", "user_id", "question", "choice"),
    )


def downgrade() -> None:
    """Go back down."""
    op.drop_table("pulseballot")
    with op.batch_alter_table("pulseinvitation", schema=None) as batch_op:
        batch_op.drop_index("pulse_invitation_by_person")

    op.drop_table("pulseinvitation")
    with op.batch_alter_table("pulse", schema=None) as batch_op:
        batch_op.drop_index("pulse_by_state")
        batch_op.drop_index("pulse_by_asker")

    op.drop_table("pulse")
    op.execute("DELETE FROM askmessage WHERE ask_id IN (SELECT id FROM ask WHERE kind = 'pulse')")
    op.execute("DELETE FROM ask WHERE kind = 'pulse'")
    _allow_asks("filed_away", "check_in")
