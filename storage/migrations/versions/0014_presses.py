"""A press on a button is looked for by the message that it was on."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PRESSED = sa.text("message_ts IS NOT NULL")


def upgrade() -> None:
    """Go up."""
    columns = ["team_id", "user_id", "message_ts"]
    op.create_index("feedback_by_press", "feedback", columns, sqlite_where=PRESSED, postgresql_where=PRESSED)


def downgrade() -> None:
    """Go back down."""
    op.drop_index("feedback_by_press", "feedback")
