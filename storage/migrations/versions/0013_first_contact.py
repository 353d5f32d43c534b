"""When people were welcomed, until when they want to be asked nothing, and one's own words counted from an index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BY_PERSON = ["team_id", "user_id", "created_at"]
COUNTED = [*BY_PERSON, "withdrawn_at", "asset_version_id", "held_for", "replied_at"]


def upgrade() -> None:
    """Go up: whoever has said something, or was written to, knows the app already."""
    op.add_column("person", sa.Column("met_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE person SET met_at = created_at WHERE dm_channel_id IS NOT NULL OR EXISTS (SELECT 1 FROM feedback WHERE "
        "feedback.team_id = person.team_id AND feedback.user_id = person.user_id)"
    )
    _index_by_person(COUNTED)


def downgrade() -> None:
    """Go back down."""
    _index_by_person(BY_PERSON)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("quiet_until")
        batch_op.drop_column("met_at")


def _index_by_person(columns: list[str]) -> None:
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index("feedback_by_person")
        batch_op.create_index("feedback_by_person", columns, unique=False)
