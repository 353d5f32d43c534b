"""How Alembic runs the migrations: on the connection that the caller hands in, in the caller's transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator


def plain_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A column's type as SQLAlchemy spells it, so that old migrations need no class of ours or of SQLModel."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["tables"],
    render_as_batch=True,  # SQLite can change a table only by making it anew
    render_item=plain_type,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
