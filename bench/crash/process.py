"""The real app as a process of its own, and kill -9."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent.parent
COMPANY = HOUSE / "sandbox" / "company"
# Waits that a crash must not take a minute for. What counts is their order: Slack's latest application of a call that
# went wrong comes before the app looks for it. On a machine that is so busy that the sandbox stands still for longer
# (the table says for how long) that order does not hold, and a message may stand twice, as R4 says.
WAITS = {
    "SEND_TIMEOUT": "1",
    "SETTLE_SECONDS": "4",
    "JOB_LEASE_SECONDS": "3",
    "SEND_INTERVAL": "0",
    "SENDS_PER_SECOND": "0",
    "TICK_SECONDS": "1",
}
PATIENCE = 60.0  # seconds until an app must be ready on a busy machine


class App:
    """`python -m bot run` in a folder where no .env lies; its words go to a file there."""

    def __init__(self, url: str, database_url: str, folder: Path) -> None:
        """Start it; `url` is the sandbox's."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HOUSE),
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_APP_TOKEN": "xapp-sandbox",
            "SLACK_API_URL": f"{url}/api/",
            "CLOCK_URL": f"{url}/_sandbox/clock",
            "DATABASE_URL": database_url,
            "OFFICIAL_FORM_URL": "https://quality.meridian.example/report",
            **WAITS,
        }
        self.began = time.monotonic()
        self.ready_after: float | None = None
        with (folder / "app.log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if "is listening" in line:
                self.ready_after = time.monotonic() - self.began

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.began

    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._process.poll() is not None

    def wait_until_ready(self) -> None:
        """Wait until it listens, or has ended.

        Raises:
            RuntimeError: it does not come up.
        """
        end = time.monotonic() + PATIENCE
        while self.ready_after is None and not self.has_ended():
            if time.monotonic() > end:
                raise RuntimeError(f"The app did not start in {PATIENCE:.0f} seconds.")
            time.sleep(0.005)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; gives its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        self._process.send_signal(number)
        try:
            code = self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join()
        assert self._process.stdout
        self._process.stdout.close()
        return code
