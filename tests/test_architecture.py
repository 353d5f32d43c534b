"""The rules of the house: imports point down, queries are scoped, every listener has a capability, names are kept."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import handlers
from bot.access import CAPABILITIES, ROLES

HOUSE = Path(__file__).parent.parent
CODE = ("bot", "handlers", "storage", "sandbox", "bench")

# Each room and what it may import of ours. A longer name is asked before a shorter one.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "bot.domain": ("bot.domain", "bot.errors"),
    "bot.errors": (),
    "bot.settings": ("bot.errors", "bot.domain"),
    "bot.access": ("bot.errors",),
    "bot.logs": (),
    "storage": ("storage", "bot.domain", "bot.errors", "bot.access", "bot.settings"),
    "bot.views": ("bot.views", "bot.picture", "bot.domain", "bot.errors", "bot.access", "bot.settings"),
    "bot.garbage": (),
    "bot.profile": (),
    "bot.reader": ("bot.domain", "bot.settings", "bot.errors", "bot.profile"),
    "bot.user_groups": ("bot.domain", "bot.reader"),
    "bot.people_list": ("bot.profile", "bot.reader"),
    "bot.thread_reader": ("bot.domain", "bot.profile", "bot.reader"),
    "bot.jobs": ("bot.bell", "bot.reader", "bot.settings", "storage"),
    "bot.presence": ("bot.domain", "bot.jobs", "bot.reader", "storage"),
    "bot.asking": ("bot.domain", "bot.jobs", "bot.presence", "bot.settings", "storage"),
    "bot.intake": ("bot.access", "bot.domain", "bot.errors", "bot.settings", "bot.views", "storage"),
    "handlers": (
        "bot.access", "bot.asking", "bot.digesting", "bot.domain", "bot.errors", "bot.intake", "bot.jobs",
        "bot.people_list", "bot.profile", "bot.reader", "bot.settings", "bot.summarizer", "bot.themes",
        "bot.thread_reader", "bot.user_groups", "bot.views", "storage",
    ),
    "bot.themes": ("bot.domain",),
    "bot.digesting": ("bot.access", "bot.domain", "bot.settings", "bot.themes", "storage"),
    "bot.model": ("bot.settings",),
    "bot.summarizer": ("bot.domain", "bot.model", "bot.settings", "bot.themes", "storage"),
    "bot.door": ("bot.access", "bot.domain", "bot.errors", "bot.intake", "bot.settings", "bot.views", "storage"),
    "bot.sender": (
        "bot.bell", "bot.direct_messages", "bot.errors", "bot.export_file", "bot.pace", "bot.reader", "bot.settings",
        "bot.upload", "storage",
    ),
    "bot.direct_messages": ("bot.pace", "bot.reader", "storage"),
    "bot.export_file": ("bot.access", "bot.workbook", "storage"),
    "bot.workbook": ("bot.domain", "storage"),
    "bot.picture": ("bot.domain",),
    "bot.drawing": ("bot.picture", "bot.sheet"),
    "bot.sheet": ("bot.domain",),
    "bot.publisher": ("bot.connect", "bot.reader", "bot.upload"),
    "bot.upload": ("bot.drawing", "bot.picture", "bot.reader"),
    "bot.pace": (),
    "bot.bell": (),
    "bot.clock": ("bot.settings", "storage"),
    "bot.connect": ("bot.errors", "bot.payload", "bot.settings"),
    "bot.routes": ("bot.access", "bot.door", "bot.errors", "bot.intake"),
    "bot.guard": ("bot.payload",),
    "bot.payload": ("bot.domain",),
    "bot.metrics": ("storage",),
    "bot.web": ("bot.app", "bot.guard", "bot.metrics", "bot.payload", "storage"),
    "bot.both_ends": (),
    "bot.serve": (
        "bot.app", "bot.both_ends", "bot.clock", "bot.connect", "bot.errors", "bot.guard", "bot.metrics",
        "bot.settings", "bot.web", "storage",
    ),
    "bot.company": ("bot.domain", "bot.errors", "storage"),
    "bot.commands": ("bot.commands", "bot.domain", "bot.errors", "bot.settings", "storage"),
    "bot.finding": (),
    "bot.doctor_database": ("bot.domain", "bot.errors", "bot.finding", "bot.settings", "storage"),
    "bot.doctor_model": ("bot.domain", "bot.finding", "bot.model", "bot.settings", "storage"),
    "bot.doctor": ("bot.doctor_database", "bot.doctor_model", "bot.domain", "bot.finding", "bot.settings", "storage"),
    "sandbox": ("sandbox",),
}  # fmt: skip
MAY_IMPORT_ALL = ("bot.__main__", "bot.app", "bench", "handlers.__init__")


def modules() -> Iterator[tuple[str, Path]]:
    for room in CODE:
        for path in sorted((HOUSE / room).rglob("*.py")):
            yield ".".join(path.relative_to(HOUSE).with_suffix("").parts), path


def our_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in CODE)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in CODE:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_point_down(name: str, path: Path) -> None:
    if any(within(name, free) for free in MAY_IMPORT_ALL) or name in ("bot.__init__",):
        return
    room = max((room for room in MAY_IMPORT if within(name, room)), key=len, default=None)
    assert room, f"{name} stands in no room of tests/test_architecture.py"
    wrong = [used for used in our_imports(path) if not any(within(used, ok) for ok in MAY_IMPORT[room])]
    if room == "handlers":
        wrong += [used for used in our_imports(path) if within(used, "handlers")]
    assert not wrong, f"{name} may not import {wrong}"


def test_the_migrations_import_storage_alone() -> None:
    for name, path in modules():
        if within(name, "storage.migrations"):
            assert all(within(used, "storage") for used in our_imports(path)), name


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_module_opens_with_a_sentence(name: str, path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name


def test_names_say_what_things_are() -> None:
    vague = re.compile(r"^(utils?|helpers?|manager|service|common|misc)$")
    empty = re.compile(r"^(handle_|process_)|_callback$")
    for name, path in modules():
        assert not any(vague.match(part) for part in name.split(".")), name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert not empty.search(node.name), f"{name}.{node.name}"


def test_functions_are_short() -> None:
    for name, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations" not in name:
                assert (node.end_lineno or 0) - node.lineno < 60, f"{name}.{node.name}"


def test_every_table_belongs_to_a_workspace() -> None:
    without = [name for name, table in SQLModel.metadata.tables.items() if "team_id" not in table.columns]
    assert not without


def test_every_query_function_is_scoped() -> None:
    """Queries take the session first and then, by keyword, the workspace, or a row that has been loaded with it."""
    for name, path in modules():
        if not within(name, "storage") or "migrations" in name or name in ("storage.db", "storage.schema"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            places = [argument.arg for argument in node.args.args]
            keywords = [argument.arg for argument in node.args.kwonlyargs]
            if not places or places[0] != "session":
                continue
            assert "team_id" in keywords or len(places) > 1 or node.name == "list_workspaces", f"{name}.{node.name}"


def test_only_the_settings_read_the_environment() -> None:
    for name, path in modules():
        if within(name, "bot") or within(name, "handlers") or within(name, "storage"):
            source = path.read_text(encoding="utf-8")
            assert name == "bot.settings" or not re.search(r"os\.environ|getenv|load_dotenv", source), name


def test_only_the_database_begins_and_commits() -> None:
    may = ("storage.db", "storage.shared_commit")
    for name, path in modules():
        if within(name, "handlers") or (within(name, "storage") and name not in may and "migrations" not in name):
            assert not re.search(r"\.commit\(\)|\.rollback\(\)", path.read_text(encoding="utf-8")), name


def test_every_listener_has_a_capability() -> None:
    assert handlers.LISTENERS
    assert all(listener.may in CAPABILITIES for listener in handlers.LISTENERS)
    ids = [(listener.kind, listener.id) for listener in handlers.LISTENERS]
    assert len(ids) == len(set(ids)), "two listeners for one thing"
    assert all(roles <= set(ROLES) for roles in CAPABILITIES.values())


PAST_IS_SAFE = ("storage.role", "storage.people", "storage.export_rounds")  # the export says from when to when


def test_who_holds_which_role_is_asked_in_one_place() -> None:
    """The table of roles keeps the past: whoever forgot to leave it out would give it rights."""
    for name, path in modules():
        if name.split(".")[0] in ("bot", "handlers", "storage") and name not in PAST_IS_SAFE:
            assert not {"storage.role.Role", "storage.people.Role"} & set(our_imports(path)), name


def test_nothing_of_this_machine_is_in_the_tree() -> None:
    for pattern in ("*.md", "*.toml", "*.lock", "Makefile", "*.yaml", ".ci/*"):
        for path in HOUSE.glob(pattern):
            source = path.read_text(encoding="utf-8")
            assert not re.search(r"index.url", source), path
            assert str(HOUSE.parent) + "/" not in source or str(HOUSE.parent) == "/", path
