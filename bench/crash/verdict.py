"""What survived: the ledger held against the database, and the outbox against what stands in Slack."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from sqlmodel import Session, col, select

from bench.crash.company import Staff
from bench.crash.ledger import KEPT, REFUSED, Deed, Ledger
from bot.domain.digest_plan import LATEST, due_at, is_working_time
from bot.domain.feedback import DEFAULT_EMOJI_MAP
from sandbox.model import Message
from sandbox.sandbox import Sandbox
from storage.announcement import list_standing
from storage.asset import Announcement
from storage.db import Database
from storage.feedback import Feedback, FeedbackReply
from storage.outbox import Outbox
from storage.people import Person
from storage.reaction import Reaction
from storage.slots import Slot
from storage.workspace import Workspace

T = TypeVar("T")
SWEPT_FOR = timedelta(days=14)  # R8
LOST, MISSING, DUPLICATED, UNCERTAIN = "lost", "missing", "duplicated", "uncertain"
UNTRUE, STALE = "untrue", "stale"  # told "nothing was saved", and it was; a message that does not say the last thing


@dataclass
class Verdict:
    """What is wrong, each thing in a line, by kind."""

    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, line: str) -> None:
        """One thing that is wrong."""
        self.wrong[kind].append(line)

    def counts(self) -> Counter[str]:
        """How many of each kind."""
        return Counter({kind: len(lines) for kind, lines in self.wrong.items()})

    def rows(self, deed: Deed, found: int, what: str) -> None:
        """There must be one row for what was kept, none for what was refused, and never two."""
        told = f"{deed.kind} {deed.word} was {deed.told}: {found} {what}"
        if found > 1:
            self.add(DUPLICATED, told)
        elif found == 0 and deed.told == KEPT:
            self.add(LOST, told)
        elif found == 1 and deed.told == REFUSED:
            self.add(UNTRUE, told)


def judge(db: Database, sandbox: Sandbox, ledger: Ledger, staff: Staff, team_id: str) -> Verdict:
    """Everything that can be said once nothing is under way any more."""
    verdict = Verdict()
    with db.read() as session:
        rows = list(session.exec(select(Outbox).where(Outbox.team_id == team_id)))
        _judge_deeds(session, ledger, verdict, rows)
        _judge_people(session, ledger, verdict)
        _judge_reactions(session, sandbox, ledger, verdict, team_id)
        _judge_slots(session, sandbox, staff, verdict)
    _judge_messages(sandbox, rows, verdict)
    return verdict


def _judge_deeds(session: Session, ledger: Ledger, verdict: Verdict, rows: list[Outbox]) -> None:
    """Feedback, presses, replies and announcements."""
    said = list(session.exec(select(Feedback)))
    by_word = _by_word(ledger.deeds, ((row.said, row) for row in said))
    replies = _by_word(ledger.deeds, ((row.text, row) for row in session.exec(select(FeedbackReply))))
    notes = _by_word(ledger.deeds, ((row.note, row) for row in session.exec(select(Announcement))))
    posts = _by_word(ledger.deeds, ((row.payload, row) for row in rows if row.method == "chat.postMessage"))
    pressed: Counter[tuple[str | None, ...]] = Counter(
        (row.user_id, row.channel_id, row.message_ts, str(row.asset_version_id))
        for row in said
        if row.source == "button" and row.use == "used_with_customer"
    )
    for deed in ledger.deeds:
        if deed.kind in ("remark", "form"):
            found: list[Feedback] = by_word[deed.word]
            verdict.rows(deed, len(found), "rows of feedback")
            if deed.is_undone and any(row.withdrawn_at is None for row in found):
                verdict.add(LOST, f"the undoing of {deed.word}")
            for row in found:
                _judge_posts(deed, row, posts[deed.word], verdict)
        elif deed.kind == "press":
            verdict.rows(deed, pressed[(deed.user_id, *deed.target)], f"rows for {deed.user_id} at {deed.target}")
        elif deed.kind == "reply":
            verdict.rows(deed, len(replies[deed.word]), "replies")
            expected = len(replies[deed.word])
            told = [row for row in posts[deed.word] if row.dedupe_key.startswith("feedback.reply:")]
            _same(verdict, f"direct messages with reply {deed.word}", len(told), expected)
        elif deed.kind == "announce":
            verdict.rows(deed, len(notes[deed.word]), "announcements")


def _judge_posts(deed: Deed, row: Feedback, posts: list[Outbox], verdict: Verdict) -> None:
    """The receipt of a form, and the owner's message where a reply is due, each once."""
    receipts = [post for post in posts if post.dedupe_key.startswith("feedback.receipt:")]
    _same(verdict, f"receipts of {deed.word}", len(receipts), int(deed.kind == "form"))
    asked = [post for post in posts if post.dedupe_key.startswith("feedback.owner:")]
    if deed.rating <= 2 and row.reply_due_at is not None:
        _same(verdict, f"messages to the owner about {deed.word}", len(asked), 1)


def _same(verdict: Verdict, what: str, found: int, expected: int) -> None:
    if found != expected:
        verdict.add(LOST if found < expected else DUPLICATED, f"{what}: {found} instead of {expected}")


def _by_word(deeds: Iterable[Deed], texts: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    known = {deed.word for deed in deeds}
    found: dict[str, list[T]] = defaultdict(list)
    for text, row in texts:
        for word in {part for part in _words(text) if part in known}:
            found[word].append(row)
    return found


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).split()


def _judge_people(session: Session, ledger: Ledger, verdict: Verdict) -> None:
    """Where somebody's region was changed: the last kept one stands, or a later one of which nothing was told."""
    regions = {person.user_id: person.region for person in session.exec(select(Person))}
    may_be: dict[str, set[str]] = {}
    for deed in ledger.deeds:
        if deed.kind == "move" and deed.told == KEPT:
            may_be[deed.target[0]] = {deed.word}
        elif deed.kind == "move" and deed.target[0] in may_be and deed.told != REFUSED:
            may_be[deed.target[0]].add(deed.word)
    for user_id, words in may_be.items():
        if regions.get(user_id) not in words:
            verdict.add(LOST, f"the region of {user_id} is {regions.get(user_id)}, not one of {sorted(words)}")


def _judge_reactions(session: Session, sandbox: Sandbox, ledger: Ledger, verdict: Verdict, team_id: str) -> None:
    """Under every announcement what is known is what stands, and feedback says the same."""
    known = {(row.channel_id, row.message_ts, row.user_id, row.emoji): row for row in session.exec(select(Reaction))}
    said: dict[int, list[Feedback]] = defaultdict(list)
    for one in session.exec(select(Feedback).where(col(Feedback.reaction_id).is_not(None))):
        said[one.reaction_id or 0].append(one)
    for key, event_ts in ledger.reactions_acked.items():
        if key not in known or float(known[key].event_ts) < float(event_ts):
            verdict.add(LOST, f"the acknowledged event {event_ts} of reaction {key}")
    swept = list_standing(session, team_id=team_id, since=sandbox.clock.now() - SWEPT_FOR)
    places = {(channel_id, ts) for _, channel_id, ts in swept}
    standing = _standing(sandbox)
    for key in ledger.reactions_made:
        is_told = ledger.reactions_acked.get(key) == ledger.reactions_made[key]
        if not is_told and key[:2] not in places:
            continue  # Slack gave up on the last event, and the announcement is too old to be read again
        row = known.get(key)
        is_there = key in standing
        if is_there != (row is not None and row.is_present):
            verdict.add(LOST, f"reaction {key} {'stands' if is_there else 'does not stand'} in Slack")
        counted = [one for one in said[row.id or 0] if one.withdrawn_at is None] if row is not None else []
        if len(counted) != int(is_there):
            verdict.add(DUPLICATED if len(counted) > 1 else LOST, f"{len(counted)} rows of feedback for {key}")


def _standing(sandbox: Sandbox) -> set[tuple[str, str, str, str]]:
    return {
        (message.channel, message.ts, user_id, emoji)
        for messages in sandbox.space.messages.values()
        for message in messages
        for emoji, users in message.reactions.items()
        for user_id in users
        if emoji in DEFAULT_EMOJI_MAP
    }


def _judge_slots(session: Session, sandbox: Sandbox, staff: Staff, verdict: Verdict) -> None:
    """Every marketer has every Monday once whose 09:00 has come, and a digest that went out has its message.

    The last one may still wait for the reader's next working hours; those before somebody's first one are let pass, and
    whoever has had none yet gets the newest only.
    """
    slots = list(session.exec(select(Slot).where(Slot.schedule == "digest")))
    found = Counter((slot.subject, slot.local_date) for slot in slots)
    since, until = session.exec(select(Workspace.installed_at)).one(), sandbox.clock.now()
    zones = {person.user_id: person.tz for person in session.exec(select(Person))}
    first = {user_id: min(days) for user_id, days in _days(slots).items()}
    mondays = {slot.local_date for slot in slots}
    for monday in mondays:
        for user_id in staff.marketers:
            if monday < first.get(user_id, max(mondays)):
                continue
            tz, there = zones[user_id], found[(user_id, monday)]
            is_waiting = there == 0 and until - due_at(monday, tz) < LATEST and not is_working_time(until, tz)
            is_due = since < due_at(monday, tz) < until and not is_waiting
            _same(verdict, f"slots of {user_id} on {monday}", there, int(is_due))
    keys = set(session.exec(select(Outbox.dedupe_key)))
    for slot in slots:
        if slot.state == "done" and f"digest:{slot.subject}:{slot.local_date}" not in keys:
            verdict.add(LOST, f"the digest of {slot.subject} on {slot.local_date}")
        if slot.state == "due":
            verdict.add(MISSING, f"the digest of {slot.subject} on {slot.local_date} stayed due")


def _days(slots: list[Slot]) -> dict[str, list[date]]:
    days: dict[str, list[date]] = defaultdict(list)
    for slot in slots:
        days[slot.subject].append(slot.local_date)
    return days


def _judge_messages(sandbox: Sandbox, rows: list[Outbox], verdict: Verdict) -> None:
    """Every post of the outbox stands in Slack exactly once, where the row says, and says the last thing."""
    posted: dict[str, list[Message]] = defaultdict(list)
    for messages in sandbox.space.messages.values():
        for message in (one for one in messages if one.by_app):
            payload = (message.metadata or {}).get("event_payload") or {}
            posted[str(payload.get("key"))].append(message)
    for row in rows:
        told = f"message {row.id} ({row.dedupe_key}, {row.state}, {row.reason})"
        if row.state != "sent":
            verdict.add(UNCERTAIN if row.state == "uncertain" else MISSING, told)
        if row.method != "chat.postMessage":
            continue
        found = posted.pop(row.wire_key, [])
        if len(found) > 1:
            verdict.add(DUPLICATED, f"{told} stands {len(found)} times")
        elif row.state == "sent" and not found:
            verdict.add(MISSING, f"{told} does not stand in Slack")
        elif row.state == "sent" and (found[0].channel, found[0].ts) != (row.channel_id, row.message_ts):
            verdict.add(MISSING, f"{told} stands elsewhere")
        if len(found) == 1:
            _judge_latest(found[0], row, rows, verdict)
    for key, messages in posted.items():
        verdict.add(LOST, f"{len(messages)} messages with key {key}, of which the outbox knows nothing")


def _judge_latest(message: Message, row: Outbox, rows: list[Outbox], verdict: Verdict) -> None:
    place = (message.channel, message.ts)
    changes = [one for one in rows if one.method == "chat.update" and _changes(one, row, place)]
    latest = max(changes, key=lambda one: one.id or 0, default=row)
    if message.text != json.loads(latest.payload).get("text"):
        verdict.add(STALE, f"message {row.id} does not say what {latest.dedupe_key} says")


def _changes(change: Outbox, row: Outbox, place: tuple[str, str]) -> bool:
    if change.after_id is not None:
        return change.after_id == row.id
    return (change.target, json.loads(change.payload).get("ts")) == place
