"""Every index begins with the workspace: without that SQLite reads a whole table where a few rows are wanted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEW = {
    "feedback_by_reaction": ("feedback", ["team_id", "reaction_id"]),
    "feedback_reply_by_feedback": ("feedbackreply", ["team_id", "feedback_id"]),
    "asset_version_by_asset": ("assetversion", ["team_id", "asset_id", "number"]),
    "inbox_by_time": ("inbox", ["team_id", "received_at"]),
}
OLD = {
    "ix_feedbackreply_feedback_id": ("feedbackreply", ["feedback_id"]),
    "ix_inbox_received_at": ("inbox", ["received_at"]),
}
OTHERWISE = {
    "outbox_due": ("outbox", ["state", "lane", "not_before"], ["team_id", "state", "lane", "id"]),
    "job_due": ("job", ["state", "not_before"], ["team_id", "state", "not_before"]),
}


def upgrade() -> None:
    """Go up."""
    for name, (table, _before, after) in OTHERWISE.items():
        op.drop_index(name, table)
        op.create_index(name, table, after)
    for name, (table, _columns) in OLD.items():
        op.drop_index(name, table)
    for name, (table, columns) in NEW.items():
        op.create_index(name, table, columns)
    belongs = sa.text("after_id IS NOT NULL")
    op.create_index(
        "outbox_by_before", "outbox", ["team_id", "after_id"], sqlite_where=belongs, postgresql_where=belongs
    )


def downgrade() -> None:
    """Go back down."""
    op.drop_index("outbox_by_before", "outbox")
    for name, (table, _columns) in NEW.items():
        op.drop_index(name, table)
    for name, (table, columns) in OLD.items():
        op.create_index(name, table, columns)
    for name, (table, before, _after) in OTHERWISE.items():
        op.drop_index(name, table)
        op.create_index(name, table, before)
