"""What went over the wire, newest last, for tests and for people who look for a fault."""

from collections import deque
from datetime import UTC, datetime
from typing import Any

KEPT = 20_000  # entries


class WireLog:
    """Numbered entries in real time, the oldest forgotten after KEPT."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._n = 0

    def add(self, kind: str, **what: Any) -> None:
        """Note one thing; `kind` is api, deliver, socket, http or fault."""
        self._n += 1
        self._entries.append({"n": self._n, "at": datetime.now(UTC).isoformat(), "kind": kind, **what})

    def since(self, after: int, kind: str = "") -> list[dict[str, Any]]:
        """The entries with a number higher than `after`, of one kind or of all."""
        return [entry for entry in self._entries if entry["n"] > after and kind in ("", entry["kind"])]

    def clear(self) -> None:
        """Forget all entries; numbers go on rising."""
        self._entries.clear()
