"""What people did and what each of them was told: the part of the truth that a killed app cannot reach."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

KEPT, REFUSED, SILENCE = "kept", "refused", "silence"  # told that it was saved, told that it was not, told nothing
ReactionKey = tuple[str, str, str, str]  # channel, ts of the message, person, emoji


@dataclass
class Deed:
    """One thing that somebody did once, known again by its `word`, which stands nowhere else.

    `target` is whom or what it was done to: a message's channel and ts, a person, an asset version with its channel.
    """

    kind: str
    user_id: str
    word: str
    target: tuple[str, ...] = ()
    told: str = SILENCE
    is_undone: bool = False
    rating: int = 0


@dataclass
class Ledger:
    """All deeds of one batch, and what Slack delivered."""

    deeds: list[Deed] = field(default_factory=list)
    deliveries: Counter[str] = field(default_factory=Counter)  # by what became of them
    reactions_acked: dict[ReactionKey, str] = field(default_factory=dict)  # the newest event_ts that was acked
    reactions_made: dict[ReactionKey, str] = field(default_factory=dict)  # the newest event_ts of all
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _words: int = 0
    _read_up_to: int = 0

    def new_word(self) -> str:
        """A word that nobody has used yet."""
        with self._lock:
            self._words += 1
            return f"zq{self._words:05d}x"

    def add(self, deed: Deed) -> Deed:
        """Write a deed down before it is done: whoever is killed in between may have done it."""
        with self._lock:
            self.deeds.append(deed)
        return deed

    def read_wire(self, http: httpx.Client) -> None:
        """Take over from the sandbox's log what was delivered since the last look."""
        answer = http.get("/_sandbox/log", params={"after": self._read_up_to, "kind": "deliver"}).json()
        for entry in answer["entries"]:
            self._read_up_to = max(self._read_up_to, entry["n"])
            self.deliveries["acked" if entry["ack"] == "ok" else "not acked"] += 1
            if entry["attempt"] == 0:
                self.deliveries["events"] += 1
            if entry["type"] == "events_api":
                self._note_reaction(entry["envelope"]["event"], is_acked=entry["ack"] == "ok")

    def _note_reaction(self, event: dict[str, Any], *, is_acked: bool) -> None:
        if not event["type"].startswith("reaction_"):
            return
        key = (event["item"]["channel"], event["item"]["ts"], event["user"], event["reaction"])
        self.reactions_made[key] = max(self.reactions_made.get(key, ""), event["event_ts"])
        if is_acked:
            self.reactions_acked[key] = max(self.reactions_acked.get(key, ""), event["event_ts"])
