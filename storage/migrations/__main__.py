"""Writes the next migration from what the models say: `python -m storage.migrations "what changes"`."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.db import Database
from storage.schema import MIGRATIONS, config_for, head_version, migrate


def main() -> None:
    """Compare the models with an empty database at the newest version and write the difference as the next file."""
    if len(sys.argv) != 2:
        sys.exit('Say in a few words what changes: python -m storage.migrations "add an index on due dates"')
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/empty.db")
        if head_version():
            migrate(db)
        number = f"{int(head_version() or 0) + 1:04}"
        with db.engine.connect() as connection:
            command.revision(
                config_for(connection, compare=True), message=sys.argv[1], autogenerate=True, rev_id=number
            )
        db.close()
    written = next((MIGRATIONS / "versions").glob(f"{number}_*.py"))
    source = written.read_text(encoding="utf-8")
    written.write_text(re.sub(r"^ *# ### .*\n", "", source, flags=re.MULTILINE), encoding="utf-8")
    for step in (["format", "--quiet"], ["check", "--quiet", "--fix"]):
        subprocess.run([str(Path(sys.executable).with_name("ruff")), *step, str(written)], check=True)
    print(f"Read it, and try its way down: {written.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
