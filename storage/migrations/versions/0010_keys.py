"""Roles with their past, the audit trail with its keys, and denials.

The trail takes new entries only. Whoever makes its tables anew (a batch change on SQLite) must make its triggers anew.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROLES = ("rep", "marketer", "manager", "executive", "compliance", "admin")
REFUSAL = "the audit trail only grows"
# A restore puts another trail in this one's place, with everything else.
GUARD = f"""
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('groundswell.restoring', true), '') <> 'on' THEN
        RAISE EXCEPTION '{REFUSAL}';
    END IF;
    RETURN NULL;
END $$
"""
GUARDED = (("auditentry", "UPDATE"), ("auditentry", "DELETE"), ("audithead", "DELETE"))


def upgrade() -> None:
    """Go up."""
    _change_roles()
    op.create_table(
        "auditentry",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("by_ref", sa.String(), nullable=False),
        sa.Column("by_sealed", sa.String(), nullable=False),
        sa.Column("about_ref", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name="audit_entry_number"),
        sa.PrimaryKeyConstraint("team_id", "number"),
    )
    op.create_index("audit_entry_by", "auditentry", ["team_id", "by_ref"])
    op.create_index("audit_entry_about", "auditentry", ["team_id", "about_ref"])
    op.create_table(
        "audithead",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )
    op.execute("INSERT INTO audithead (team_id, count, hash) SELECT team_id, 0, '' FROM workspace")
    op.create_table(
        "personalkey",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id"),
        sa.UniqueConstraint("team_id", "ref"),
    )
    op.create_table(
        "denial",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_in_trail", sa.Boolean(), nullable=False),
        sa.CheckConstraint("times > 0", name="denial_times"),
        sa.PrimaryKeyConstraint("team_id", "day", "user_id", "wanted"),
    )
    op.create_index("denial_open", "denial", ["team_id", "is_in_trail", "day"])
    _guard()


def downgrade() -> None:
    """Go back down: the trail, the keys and the past of roles are lost."""
    for name in ("denial", "personalkey", "audithead", "auditentry"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
    held = _read("SELECT team_id, user_id, role FROM role WHERE held_to IS NULL")
    op.drop_table("role")
    table = op.create_table(
        "role",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint(f"role IN {ROLES!r}", name="role_known"),
        sa.PrimaryKeyConstraint("team_id", "user_id", "role"),
    )
    op.bulk_insert(table, held)


def _change_roles() -> None:
    held = _read("SELECT team_id, user_id, role FROM role")
    op.drop_table("role")
    table = op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("held_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.CheckConstraint(f"role IN {ROLES!r}", name="role_known"),
        sa.CheckConstraint("held_to IS NULL OR held_to >= held_from", name="role_held"),
        sa.PrimaryKeyConstraint("id"),
    )
    now = sa.text("held_to IS NULL")
    op.create_index(
        "role_held_now", "role", ["team_id", "user_id", "role"], unique=True, sqlite_where=now, postgresql_where=now
    )
    op.create_index("role_by_person", "role", ["team_id", "user_id", "held_to", "role"])
    ever = datetime(1970, 1, 1, tzinfo=UTC)
    op.bulk_insert(table, [row | {"held_from": ever, "held_to": None, "given_by": "", "ended_by": ""} for row in held])


def _read(query: str) -> list[dict[str, str]]:
    return [dict(row) for row in op.get_bind().execute(sa.text(query)).mappings()]


def _guard() -> None:
    """What is written stays: the database itself refuses to change an entry, to delete one, or to forget the end."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(GUARD)
        for number, (table, change) in enumerate((*GUARDED, ("auditentry", "TRUNCATE"), ("audithead", "TRUNCATE"))):
            op.execute(
                f"CREATE TRIGGER audit_guard_{number} BEFORE {change} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
            )
        return
    for number, (table, change) in enumerate(GUARDED):
        op.execute(
            f"CREATE TRIGGER audit_guard_{number} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
