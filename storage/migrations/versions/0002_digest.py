"""The digest: an index that holds all it counts, replies in the order of time, and where a quoted message stands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COUNTED = [
    "team_id",
    "created_at",
    "withdrawn_at",
    "asset_version_id",
    "user_id",
    "region",
    "use",
    "reaction",
    "outcome",
    "rating",
    "held_for",
    "reply_due_at",
    "replied_at",
]


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quoted_link", sa.String(), nullable=True))
        batch_op.drop_index("feedback_by_time")
        batch_op.create_index("feedback_digest", COUNTED, unique=False)
    with op.batch_alter_table("feedbackreply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedbackreply_team_id"))
        batch_op.create_index("feedback_reply_by_time", ["team_id", "created_at"], unique=False)


def downgrade() -> None:
    """Go back down."""
    with op.batch_alter_table("feedbackreply", schema=None) as batch_op:
        batch_op.drop_index("feedback_reply_by_time")
        batch_op.create_index(batch_op.f("ix_feedbackreply_team_id"), ["team_id"], unique=False)
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index("feedback_digest")
        batch_op.create_index("feedback_by_time", ["team_id", "created_at"], unique=False)
        batch_op.drop_column("quoted_link")
