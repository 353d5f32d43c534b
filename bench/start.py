"""How long until Groundswell is ready to serve, and how much memory it takes: `python -m bench.start [--quick]`."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

BARE = """
import time; begin = time.perf_counter()
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.adapter.socket_mode import SocketModeHandler
app = App(authorize=lambda **_: AuthorizeResult(enterprise_id=None, team_id="T"), signing_secret="x")
app.command("/x")(lambda ack: ack())
"""
OURS = """
import time; begin = time.perf_counter()
from bot.app import build_app
from bot.clock import SystemClock
from bot.settings import read_settings
from storage.db import Database
from storage.schema import migrate
settings = read_settings(env_file=None, slack_bot_token="xoxb-x", database_url="sqlite:///{file}")
db = Database(settings.database_url)
migrate(db)
app = build_app(settings, db, SystemClock())
"""
REPORT = """
import resource, sys
took = time.perf_counter() - begin
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1))
"""


def measure(code: str) -> tuple[float, float]:
    """Seconds from the first import to ready, and the peak of resident memory in MB, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code + REPORT], capture_output=True, text=True, check=True)
    seconds, kilobytes = done.stdout.split()[-2:]
    return float(seconds), float(kilobytes) / 1024


def main() -> None:
    """Measure and print; the database is there already, as it is at every start but the first."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a small run")
    rounds = 3 if arguments.parse_args().quick else 9
    with tempfile.TemporaryDirectory() as folder:
        ours = OURS.format(file=Path(folder) / "start.db")
        first = measure(ours)
        runs = [(measure(BARE), measure(ours)) for _ in range(rounds)]
    bare_s, bare_mb = (statistics.median(run[0][i] for run in runs) for i in (0, 1))
    ours_s, ours_mb = (statistics.median(run[1][i] for run in runs) for i in (0, 1))
    table = Table(title="Ready to serve")
    for column in ("", "seconds", "MB"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("Bolt alone", f"{bare_s:.2f}", f"{bare_mb:.0f}")
    table.add_row("Groundswell", f"{ours_s:.2f}", f"{ours_mb:.0f}")
    table.add_row("Groundswell, first start (makes the tables)", f"{first[0]:.2f}", f"{first[1]:.0f}")
    Console().print(table)
    figures = {
        "bench": "start", "bare_s": round(bare_s, 2), "bare_mb": round(bare_mb), "start_s": round(ours_s, 2),
        "start_mb": round(ours_mb), "first_start_s": round(first[0], 2),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
