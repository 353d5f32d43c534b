"""Erasure: everything that names a person, and their words, out of every table; what must stay stays without a name.

`erase_person` knows the tables that need care, and then walks over all others by their columns, so that a new table of
somebody's rows needs nothing. What names a person under another column than `user_id` stands in `NAMING`; a test fails
for a column that stands nowhere.
"""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, String, Table, and_, delete, func, or_, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.domain.erasure import appears_in, long_texts
from bot.domain.feedback_told import Told
from storage import audit, feedback, feedback_told, summary_cache
from storage.erased import record_erased
from storage.erasure_pulse import forget_pulses
from storage.erasure_thread import forget_threads
from storage.feedback import Feedback, FeedbackReply
from storage.inbox import Inbox
from storage.jobs import Job
from storage.outbox import Outbox
from storage.people import Person, get_person
from storage.slots import Slot
from storage.turns import take_turn

STATES = ("asked", "erased", "done")
# Columns that name a person besides `user_id`: whose rows stay, without the name.
NAMING = (
    "owner_id", "created_by", "asker_id", "author_id", "ended_by", "given_by", "changed_by", "asked_by", "person_id",
)  # fmt: skip
# The trail names nobody without their key, which goes; these go with it, or know nobody.
UNTOUCHED = ("auditentry", "audithead", "erasedperson", "erasurekey", "personalkey")
SOMEBODY = "somebody"  # stands where another person's words said the whole name
TAKEN_OUT = "a person's words were erased"

BRIEF = ("outbox", "inbox", "job", "slot", "person", "erasure")  # what they say of anybody is deleted as a whole

OwnerMessage = Callable[[Told], dict[str, Any]]
Mention = tuple[str, dict[str, Any]]  # a table, and the primary key of a row


class Erasure(SQLModel, table=True):
    """One erasure: whom (`person_id`, until it is done with), who asked for it, how far it is.

    `counts` (JSON) is what was deleted, and what was changed, by kind.
    """

    __table_args__ = (
        CheckConstraint(f"state IN {STATES!r}", name="erasure_state"),
        Index("erasure_by_state", "team_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    person_id: str
    asked_by: str
    state: str = "asked"
    counts: str = "{}"
    asked_at: datetime
    erased_at: datetime | None = None
    done_at: datetime | None = None


@dataclass
class Erased:
    """What an erasure did: rows deleted (`gone`) and changed (`changed`) by kind.

    `threads` and `pulses` are the ids of those of which messages in Slack must be drawn anew. `names` (id and whole
    name) and `texts` are to be found nowhere from now on.
    """

    gone: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    threads: list[int] = field(default_factory=list)
    pulses: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def add_erasure(session: Session, *, team_id: str, user_id: str, by: str, now: datetime) -> Erasure:
    """Keep the wish to erase somebody; the job that does it finds it here and nowhere else."""
    row = Erasure(team_id=team_id, person_id=user_id, asked_by=by, asked_at=now)
    session.add(row)
    session.flush()
    return row


def get_erasure(session: Session, *, team_id: str, erasure_id: int) -> Erasure | None:
    """An erasure of this workspace, or None."""
    query = select(Erasure).where(col(Erasure.team_id) == team_id, col(Erasure.id) == erasure_id)
    return session.execute(query.execution_options(populate_existing=True)).scalars().first()


def list_open(session: Session, *, team_id: str) -> list[int]:
    """The ids of the erasures that are not done yet."""
    query = select(col(Erasure.id)).where(col(Erasure.team_id) == team_id, col(Erasure.state) != "done")
    return [found for found in session.execute(query.order_by(col(Erasure.id))).scalars() if found is not None]


def erase_person(
    session: Session,
    *,
    team_id: str,
    user_id: str,
    by: str,
    now: datetime,
    owner_message: OwnerMessage | None = None,
    mentions: Iterable[Mention] = (),
) -> Erased:
    """Take a person out of the database, in this transaction; `storage.wiping` wipes what is left in its files.

    `owner_message` draws the message in which an asset's owner heard of their feedback: it says then that it was taken
    back; without it nobody is told. `mentions` are the rows of others that name the person, as `list_mentions` found
    them before.
    """
    take_turn(session, team_id=team_id, of=f"person {user_id}")  # what they do in this moment comes before or after
    person = get_person(session, team_id=team_id, user_id=user_id)
    name, place = (person.name, person.dm_channel_id) if person else ("", None)
    done, texts = Erased(names=[user_id, *_full(name)]), _texts(session, team_id, user_id)
    done.texts = long_texts(texts)
    session.execute(delete(Person).where(col(Person.team_id) == team_id, col(Person.user_id) == user_id))
    session.expire_all()
    done.gone["profile"] += person is not None
    done.threads = forget_threads(session, done.gone, team_id=team_id, user_id=user_id, now=now)
    done.pulses = forget_pulses(session, done.gone, team_id=team_id, user_id=user_id, name=name, now=now)
    _forget_feedback(session, done, team_id, user_id, now, owner_message)
    _forget_slack_side(session, done, team_id, user_id, place, [*done.names, *texts])
    _forget_rows(session, done, team_id, user_id)
    _forget_names(session, done, team_id, user_id)
    done.changed["other people's words"] += _forget_mentions(session, mentions, team_id, done.names)
    summary_cache.forget_summaries(session, team_id=team_id)
    record_erased(session, team_id=team_id, user_id=user_id, now=now)
    session.flush()
    counts = dict(sorted((done.gone + done.changed).items()))
    audit.record_erasure(session, team_id=team_id, user_id=user_id, by=by, now=now, after=counts)
    session.expunge_all()
    return done


def tables_of_people() -> dict[str, Table]:
    """Every table in which somebody may be named, by name, those that point at others first."""
    from storage.schema import all_tables

    return {table.name: table for table in reversed(all_tables().sorted_tables) if table.name not in UNTOUCHED}


def text_columns(table: Table) -> list[Column[Any]]:
    """The columns that hold texts, but for the workspace's id."""
    texts = [column for column in table.c if isinstance(getattr(column.type, "impl", column.type), String)]
    return [column for column in texts if column.name != "team_id"]


def _full(name: str) -> list[str]:
    """A name that can be looked for in other people's words: "Sam" alone is in "sample" too."""
    return [name] if " " in name.strip() else []


def _texts(session: Session, team_id: str, user_id: str) -> list[str]:
    """All that the person has written, wherever it stands."""
    found = []
    for table in tables_of_people().values():
        if "user_id" in table.c and table.name not in ("outbox", "person"):
            words = [table.c[name] for name in ("said", "missing", "text", "words", "payload") if name in table.c]
            if words:
                query = select(*words).where(table.c.team_id == team_id, table.c.user_id == user_id)
                found += [text for row in session.execute(query) for text in row if text]
    return found


def _forget_feedback(
    session: Session, done: Erased, team_id: str, user_id: str, now: datetime, owner_message: OwnerMessage | None
) -> None:
    """Feedback with its replies; what the owners were told of it says that it was taken back."""
    mine = (col(Feedback.team_id) == team_id, col(Feedback.user_id) == user_id)
    ids = set(session.execute(select(col(Feedback.id)).where(*mine)).scalars())
    keys = select(col(Outbox.dedupe_key)).where(
        col(Outbox.team_id) == team_id, col(Outbox.dedupe_key).startswith("feedback.owner:")
    )
    told = {int(key.split(":")[1]) for key in session.execute(keys).scalars() if key.split(":")[1].isdecimal()}
    for feedback_id in sorted(ids & told) if owner_message else ():
        row = feedback.get_feedback(session, team_id=team_id, feedback_id=feedback_id)
        if row is not None and row.withdrawn_at is None:
            feedback.record_withdrawal(session, row, now=now)
            assert owner_message is not None
            feedback_told.record_change(session, row, owner_message=owner_message, now=now, real_now=now)
    own = select(col(Feedback.id)).where(*mine)
    replies = delete(FeedbackReply).where(col(FeedbackReply.team_id) == team_id)
    done.gone["replies"] += session.execute(replies.where(col(FeedbackReply.feedback_id).in_(own))).rowcount  # type: ignore[attr-defined]
    quoted = update(Feedback).where(col(Feedback.team_id) == team_id, col(Feedback.quoted_user_id) == user_id)
    values = {"quoted_text": "", "quoted_link": "", "quoted_user_id": None, "held_for": None}
    done.gone["messages quoted by others"] += session.execute(quoted.values(values)).rowcount  # type: ignore[attr-defined]


def _forget_slack_side(
    session: Session, done: Erased, team_id: str, user_id: str, place: str | None, words: list[str]
) -> None:
    """Deliveries, jobs, slots, and messages: to the person, and what all others said when they were sent."""
    mine = (col(Inbox.team_id) == team_id, col(Inbox.key).contains(user_id, autoescape=True))
    session.execute(delete(Inbox).where(*mine))
    session.execute(update(Inbox).where(col(Inbox.team_id) == team_id).values(answer=None))
    about = or_(
        col(Job.payload).contains(user_id, autoescape=True), col(Job.dedupe_key).contains(user_id, autoescape=True)
    )
    session.execute(delete(Job).where(col(Job.team_id) == team_id, about))
    session.execute(delete(Slot).where(col(Slot.team_id) == team_id, col(Slot.subject) == user_id))
    targets = [target for target in (user_id, place) if target]
    to_them = and_(col(Outbox.team_id) == team_id, col(Outbox.target).in_(targets))
    for name, table in tables_of_people().items():
        if name != "outbox" and "outbox_id" in table.c and "user_id" in table.c:
            theirs = select(col(Outbox.id)).where(to_them)
            session.execute(delete(table).where(table.c.team_id == team_id, table.c.outbox_id.in_(theirs)))
    first = select(col(Outbox.id)).where(to_them)
    session.execute(delete(Outbox).where(col(Outbox.team_id) == team_id, col(Outbox.after_id).in_(first)))
    done.gone["messages to them"] += session.execute(delete(Outbox).where(to_them)).rowcount  # type: ignore[attr-defined]
    settled = col(Outbox.state).in_(("sent", "failed", "uncertain"))
    session.execute(update(Outbox).where(col(Outbox.team_id) == team_id, settled).values(payload="{}"))
    waits = select(col(Outbox.id), col(Outbox.payload)).where(col(Outbox.team_id) == team_id, ~settled)
    for message_id, payload in session.execute(waits).all():
        if appears_in(words, json.loads(payload)):
            change = update(Outbox).where(col(Outbox.team_id) == team_id, col(Outbox.id) == message_id)
            session.execute(change.values(payload="{}", state="failed", reason=TAKEN_OUT))
            done.gone["messages not sent yet"] += 1


def _forget_rows(session: Session, done: Erased, team_id: str, user_id: str) -> None:
    """Every row that is theirs, in every table, in an order in which none points at one that is gone."""
    for name, table in tables_of_people().items():
        if "user_id" not in table.c or name == "person":
            continue
        gone = session.execute(delete(table).where(table.c.team_id == team_id, table.c.user_id == user_id))
        done.gone[name] += gone.rowcount  # type: ignore[attr-defined]


def _forget_names(session: Session, done: Erased, team_id: str, user_id: str) -> None:
    """Their id where a row stays."""
    for table in tables_of_people().values():
        for column in table.c:
            if column.name in NAMING:
                here = (table.c.team_id == team_id, column == user_id)
                kept = update(table).where(*here).values({column: None if column.nullable else ""})
                done.changed["rows that stay without a name"] += session.execute(kept).rowcount  # type: ignore[attr-defined]


def list_mentions(session: Session, *, team_id: str, user_id: str) -> list[Mention]:
    """The rows of others that hold a person's id or whole name: other people's words, mostly.

    Every text of every table is read once; a look that keeps nobody waiting.
    """
    person = get_person(session, team_id=team_id, user_id=user_id)
    traces, found = [user_id, *_full(person.name if person else "")], []
    said = [way for trace in traces for way in _spelled(trace)]
    for name, table in tables_of_people().items():
        ways = [column.contains(way, autoescape=True) for way in said for column in text_columns(table)]
        if name in BRIEF or not ways:
            continue
        query = select(*table.primary_key.columns).where(table.c.team_id == team_id, or_(*ways))
        if "user_id" in table.c:
            query = query.where(table.c.user_id != user_id)
        found += [(name, dict(row)) for row in session.execute(query).mappings()]
    return found


def _forget_mentions(session: Session, mentions: Iterable[Mention], team_id: str, traces: list[str]) -> int:
    """Let those rows say "somebody" where they name the person, and a random word where they hold the id."""
    nobody, tables, changed = f"gone-{secrets.token_hex(6)}", tables_of_people(), 0
    keys = (col(Outbox.team_id) == team_id, col(Outbox.dedupe_key).contains(traces[0], autoescape=True))
    replaced = func.replace(col(Outbox.dedupe_key), traces[0], nobody)
    session.execute(update(Outbox).where(*keys).values(dedupe_key=replaced))
    for name, key in mentions:
        table = tables[name]
        here = [table.c.team_id == team_id, *(table.c[column] == value for column, value in key.items())]
        for column in text_columns(table):
            for said, way in [(trace, way) for trace in traces for way in _spelled(trace)]:
                words = func.replace(column, way, SOMEBODY if " " in said else nobody)
                change = update(table).where(*here, column.contains(way, autoescape=True)).values({column: words})
                changed += session.execute(change).rowcount  # type: ignore[attr-defined]
    return changed


def _spelled(trace: str) -> list[str]:
    """The ways in which a word may stand in a column: as it is, and as JSON spells it."""
    return list(dict.fromkeys((trace, json.dumps(trace)[1:-1])))
