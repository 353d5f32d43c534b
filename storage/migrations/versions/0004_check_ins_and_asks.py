"""Check-ins and asks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("stop_key", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('filed_away', 'check_in')", name="ask_kind"),
        sa.CheckConstraint("state IN ('planned', 'asked', 'answered', 'refused', 'closed')", name="ask_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "kind", "subject_id", "user_id"),
    )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index("ask_by_person", ["team_id", "user_id", "state"], unique=False)
        batch_op.create_index("ask_due", ["team_id", "kind", "next_at"], unique=False)

    op.create_table(
        "askstop",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("stop_key", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", "stop_key"),
    )
    op.create_table(
        "assetsearch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("held_for", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("assetsearch", schema=None) as batch_op:
        batch_op.create_index("asset_search_by_time", ["team_id", "found", "created_at"], unique=False)

    op.create_table(
        "away",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id"),
    )
    op.create_table(
        "checkin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("questions", sa.String(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("checkin", schema=None) as batch_op:
        batch_op.create_index("check_in_by_team", ["team_id", "stopped_at"], unique=False)

    op.create_table(
        "askmessage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_id"],
            ["ask.id"],
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ask_id", "number"),
        sa.UniqueConstraint("team_id", "user_id", "week", "place"),
    )
    op.create_table(
        "checkinround",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("questions", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("group_size", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name="check_in_round_state"),
        sa.ForeignKeyConstraint(
            ["check_in_id"],
            ["checkin.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "check_in_id", "local_date"),
    )
    op.create_table(
        "filedawaycheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("asset_version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intended", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'asking', 'closed', 'cancelled')", name="filed_away_check_state"),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('filed_away', 'in_use', 'not_enough')", name="filed_away_check_verdict"
        ),
        sa.ForeignKeyConstraint(
            ["asset_version_id"],
            ["assetversion.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "asset_version_id", "number"),
    )
    with op.batch_alter_table("filedawaycheck", schema=None) as batch_op:
        batch_op.create_index("filed_away_check_due", ["team_id", "state", "due_at"], unique=False)

    op.create_table(
        "checkinanswer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("is_need", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("held_for", sa.String(), nullable=True),
        sa.Column("feedback_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["feedback_id"],
            ["feedback.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["checkinround.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "round_id", "user_id", "question"),
    )
    op.create_table(
        "filedawayanswer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_id"],
            ["ask.id"],
        ),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["filedawaycheck.id"],
        ),
        sa.ForeignKeyConstraint(
            ["feedback_id"],
            ["feedback.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ask_id"),
    )
    with op.batch_alter_table("filedawayanswer", schema=None) as batch_op:
        batch_op.create_index("filed_away_answer_by_check", ["team_id", "check_id"], unique=False)


def downgrade() -> None:
    """Go back down."""
    with op.batch_alter_table("filedawayanswer", schema=None) as batch_op:
        batch_op.drop_index("filed_away_answer_by_check")

    op.drop_table("filedawayanswer")
    op.drop_table("checkinanswer")
    with op.batch_alter_table("filedawaycheck", schema=None) as batch_op:
        batch_op.drop_index("filed_away_check_due")

    op.drop_table("filedawaycheck")
    op.drop_table("checkinround")
    op.drop_table("askmessage")
    with op.batch_alter_table("checkin", schema=None) as batch_op:
        batch_op.drop_index("check_in_by_team")

    op.drop_table("checkin")
    op.drop_table("away")
    with op.batch_alter_table("assetsearch", schema=None) as batch_op:
        batch_op.drop_index("asset_search_by_time")

    op.drop_table("assetsearch")
    op.drop_table("askstop")
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.drop_index("ask_due")
        batch_op.drop_index("ask_by_person")

    op.drop_table("ask")
