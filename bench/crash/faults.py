"""What goes wrong in Slack while the app is killed, as rules for the sandbox."""

from typing import Any

SENDS = ("chat.postMessage", "chat.update")
# One send in five: 1 - (1 - 0.031) ** 7 = 0.198. The delays lie on both sides of the app's time-out of a second, and
# what is applied late is applied within the time that the app lets an unknown outcome settle.
SEND_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "ratelimited", "delay": 1},
    {"kind": "error_before"},
    {"kind": "error_after"},
    {"kind": "reset_after"},
    {"kind": "timeout_after", "delay": 0.6},
    {"kind": "timeout_after", "delay": 1.6},
    {"kind": "late", "delay": 0.8},
)
SEND_RATE = 0.031
READS = (
    "conversations.history", "conversations.open", "conversations.replies", "reactions.get", "users.info",
    "views.open", "views.publish", "views.update",
)  # fmt: skip
READ_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error_before", "rate": 0.04},
    {"kind": "ratelimited", "delay": 1, "rate": 0.02},
    {"kind": "timeout_after", "delay": 1.3, "rate": 0.02},
    {"kind": "reset_after", "rate": 0.02},
)
START_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error_before", "rate": 0.03},
    {"kind": "reset_after", "rate": 0.03},
)
EVENT_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "twice", "rate": 0.15},
    {"kind": "reorder", "rate": 0.1, "delay": 0.7},
    {"kind": "cut", "rate": 0.02},
)
CUT_EVERY = 4.0  # seconds: every connection is dropped, with the acknowledgements that were on their way


def rules() -> list[dict[str, Any]]:
    """All faults: of sends, of reads, of the calls at the start, of events and of connections."""
    return [
        *({"method": method, "rate": SEND_RATE, **fault} for method in SENDS for fault in SEND_FAULTS),
        *({"method": method, **fault} for method in READS for fault in READ_FAULTS),
        *({"method": method, **fault} for method in ("auth.test", "apps.connections.open") for fault in START_FAULTS),
        *({"method": "event", **fault} for fault in EVENT_FAULTS),
        {"method": "socket", "kind": "cut", "delay": CUT_EVERY},
    ]
