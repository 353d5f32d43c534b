"""Slack's rate limits, per method, with the special one of posting; on real time."""

import math
import time
from dataclasses import dataclass

# https://docs.slack.dev/apis/web-api/rate-limits: calls a minute of tiers 1 to 4; "special" methods allow hundreds.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
TIER_OF = {
    "api.test": 4,
    "auth.test": 5,
    "apps.connections.open": 1,
    "chat.update": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.getPermalink": 5,
    "conversations.open": 3,
    "conversations.info": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.history": 3,
    "conversations.replies": 3,
    "users.list": 2,
    "users.info": 4,
    "dnd.info": 3,
    "dnd.teamInfo": 2,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "views.open": 4,
    "views.push": 4,
    "views.update": 4,
    "views.publish": 4,
    "reactions.add": 3,
    "reactions.remove": 2,
    "reactions.get": 3,
    "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
}
POST_BURST = 4  # posts at once in one channel; then one a second
WORKSPACE_BURST, WORKSPACE_PER_SECOND = 60, 5.0  # Slack says "several hundred messages a minute"
TIER_1_BURST = 30  # new sockets: "a small amount of burst is tolerated"


@dataclass
class Bucket:
    """Calls that may still be made; fills up again at `rate` a second."""

    capacity: float
    rate: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until a call may be made."""
        self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate


class Limits:
    """Counts calls; `scale` 1 is Slack's limits, 0 is none, 2 is twice as strict."""

    def __init__(self, scale: float = 1.0) -> None:
        """Start with full buckets."""
        self._buckets: dict[str, Bucket] = {}
        self.scale = scale

    def set_scale(self, scale: float) -> None:
        """Change the strictness; all buckets are full again."""
        self.scale = scale
        self._buckets.clear()

    def take(self, method: str, channel: str = "") -> int:
        """Count a call; returns 0, or the whole seconds to wait if it is one too many and was not counted."""
        if self.scale <= 0:
            return 0
        now = time.monotonic()
        if method == "chat.postMessage":
            buckets = [
                self._bucket("chat.postMessage", WORKSPACE_BURST, WORKSPACE_PER_SECOND, now),
                self._bucket(f"chat.postMessage {channel}", POST_BURST, 1.0, now),
            ]
        else:
            tier = TIER_OF.get(method, 3)
            burst = TIER_1_BURST if tier == 1 else TIERS[tier]
            buckets = [self._bucket(method, burst, TIERS[tier] / 60, now)]
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait:
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.level -= 1
        return 0

    def _bucket(self, name: str, burst: float, per_second: float, now: float) -> Bucket:
        if name not in self._buckets:
            capacity = max(1.0, burst / self.scale)
            self._buckets[name] = Bucket(capacity, per_second / self.scale, capacity, now)
        return self._buckets[name]
