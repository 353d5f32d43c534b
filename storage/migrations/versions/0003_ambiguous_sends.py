"""Messages whose outcome nobody knows: a key to find them by in Slack's history, and since when to look."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up: what was sent before has a key of its own too, though Slack has never seen it."""
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("wire_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True))
    connection = op.get_bind()
    outbox = sa.table("outbox", sa.column("id", sa.Integer), sa.column("wire_key", sa.String))
    for (row_id,) in connection.execute(sa.select(outbox.c.id)).all():
        change = sa.update(outbox).where(outbox.c.id == row_id).values(wire_key=secrets.token_urlsafe(15))
        connection.execute(change)
    # The claim of a version that did not look: nobody can find out any more.
    op.execute("UPDATE outbox SET state = 'uncertain', leased_until = NULL WHERE state = 'sending'")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.alter_column("wire_key", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("doubts", existing_type=sa.Integer(), server_default=None)
        batch_op.create_unique_constraint("outbox_wire_key_key", ["wire_key"])


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_constraint("outbox_wire_key_key", type_="unique")
        batch_op.drop_column("first_tried_at")
        batch_op.drop_column("doubts")
        batch_op.drop_column("wire_key")
