"""Managers' own groups: one of Slack's user groups, or people chosen by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HELD_NOW = sa.text("held_to IS NULL")


def upgrade() -> None:
    """Go up. The job that reads the user groups has another name now; whoever opens a form asks for it again."""
    op.create_table(
        "owngroupchoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("user_group_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("held_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('user_group', 'people')", name="own_group_choice_kind"),
        sa.CheckConstraint("held_to IS NULL OR held_to >= held_from", name="own_group_choice_held"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "own_group_choice_held_now",
        "owngroupchoice",
        ["team_id", "user_id"],
        unique=True,
        sqlite_where=HELD_NOW,
        postgresql_where=HELD_NOW,
    )
    op.create_table(
        "owngroupmember",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("choice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["choice_id"], ["owngroupchoice.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "choice_id", "user_id"),
    )
    op.execute("DELETE FROM job WHERE kind = 'pulse.groups'")


def downgrade() -> None:
    """Go back down: every manager's own group is their department and region again."""
    op.drop_table("owngroupmember")
    op.drop_table("owngroupchoice")
    op.execute("DELETE FROM job WHERE kind = 'user_group.read'")
