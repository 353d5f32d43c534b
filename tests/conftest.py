"""What all tests may use: `db` and `database_url`, each once with SQLite and once with a real PostgreSQL."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.db import Database
from storage.schema import migrate
from tests.compiled import share_compiled_statements
from tests.databases import ENGINES, PostgresServer, postgresql_database, sqlite_database

share_compiled_statements()
gc.set_threshold(20_000, 20, 20)


def pytest_collection_finish() -> None:
    """Python need not look through all that was imported for what could be thrown away: a tenth of the tests' time."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--both-engines`: also those tests through the front door that usually run on SQLite alone."""
    parser.addoption("--both-engines", action="store_true", help="run every test on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On which engines a test runs: on both, but for those through the front door, if its mark says nothing else."""
    test = metafunc.definition
    marks = [mark.name for mark in test.iter_markers() if mark.name in ("one_engine", "both_engines")]
    usual = "one_engine" if test.path.parent.name == "handlers" else "both_engines"
    is_both = metafunc.config.getoption("both_engines") or [*marks, usual][0] == "both_engines"
    for url in ("company_url", "database_url"):
        named = any(url in marker.args[0] for marker in test.iter_markers("parametrize"))
        if url in metafunc.fixturenames and not named:
            metafunc.parametrize(url, ENGINES if is_both else ENGINES[:1], indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this machine's tests."""
    server = PostgresServer()
    server.enter()
    yield server
    server.leave()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("model") / "model.db"
    db = Database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    return path


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own, with all tables."""
    if request.param == "sqlite":
        yield sqlite_database(tmp_path, request.getfixturevalue("migrated_file"))
    else:
        with postgresql_database(request.getfixturevalue("postgres")) as url:
            yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A database of this test's own, with all tables."""
    db = Database(database_url)
    yield db
    db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of this test's own with nothing in it."""
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield db
        db.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"empty_{tmp_path.name}_{tmp_path.parent.name}".lower()[:60]
    server.drop(name)
    server.create(name)
    db = Database(server.url(name))
    yield db
    db.close()
    server.drop(name)
