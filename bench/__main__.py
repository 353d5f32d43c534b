"""Run all measurements, one after another: `python -m bench [--quick]`."""

import subprocess
import sys

NAMES = (
    "start", "ack", "digest", "home", "summaries", "fuzz", "load", "votes", "nth", "zones", "fanout", "twice",
    "year", "anonymity", "crash",
)  # fmt: skip


def main() -> int:
    """Run each as a process of its own; gives the number of those that failed."""
    return sum(subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:]]).returncode != 0 for name in NAMES)


if __name__ == "__main__":
    sys.exit(main())
