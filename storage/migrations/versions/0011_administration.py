"""Settings that an admin has saved, the channels as they were last read, erasures; and hours that nobody has set."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

USUAL_HOURS = "09:00-17:00"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "workspacesetting",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "name"),
    )
    op.create_table(
        "listenedchannels",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("names", sa.String(), nullable=False),
        sa.Column("private", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'erased', 'done')", name="erasure_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index("erasure_by_state", ["team_id", "state"], unique=False)
    op.create_table(
        "erasedperson",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "person_hash"),
    )
    op.create_table(
        "erasurekey",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )
    # Everybody had these by default, so nobody can be told who has chosen them; they are the usual hours still.
    op.execute(f"UPDATE person SET working_hours = '' WHERE working_hours = '{USUAL_HOURS}'")


def downgrade() -> None:
    """Go back down."""
    op.execute(f"UPDATE person SET working_hours = '{USUAL_HOURS}' WHERE working_hours = ''")
    for table in ("erasurekey", "erasedperson"):
        op.drop_table(table)
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.drop_index("erasure_by_state")
    for table in ("erasure", "listenedchannels", "workspacesetting"):
        op.drop_table(table)
