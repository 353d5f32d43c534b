"""When and how people want their digest."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "digestsetting",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("depth", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="digest_setting_weekday"),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name="digest_setting_hour"),
        sa.CheckConstraint("depth IN ('short', 'usual', 'everything')", name="digest_setting_depth"),
        sa.CheckConstraint("rhythm IN ('weekly', 'every_other_week', 'never')", name="digest_setting_rhythm"),
        sa.PrimaryKeyConstraint("team_id", "user_id"),
    )


def downgrade() -> None:
    """Go back down."""
    op.drop_table("digestsetting")
