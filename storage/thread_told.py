"""What people see of captured threads: each has one message of it, which is kept true from then on."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, and_, col, or_, select, update

from bot.domain.summary import Summary
from bot.domain.thread import CAPTURED, Standing, Told
from bot.settings import Settings
from storage import outbox, people, thread, thread_capture
from storage.outbox import Outbox
from storage.thread import CapturedThread, ThreadMessage

PERSON, DETAILS, THREAD = "person", "details", "thread"
KINDS = (PERSON, DETAILS, THREAD)

Blocks = dict[str, Any]


class ThreadPost(SQLModel, table=True):
    """A message about a captured thread: to one person, with the details under it, or in the thread itself.

    `user_id` is who gets it, or who asked for it. Each is told once in a round of the thread.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "thread_id", "round", "kind", "user_id"),
        CheckConstraint(f"kind IN {KINDS!r}", name="thread_post_kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    thread_id: int = Field(foreign_key="capturedthread.id")
    round: int
    kind: str
    user_id: str
    outbox_id: int = Field(foreign_key="outbox.id")


@dataclass(frozen=True)
class Faces:
    """How the messages look: to one person, the details under it, and in the thread itself."""

    person: Callable[[Told, Standing, str], Blocks]  # with the address of the form for complaints and injuries
    details: Callable[[Told], Blocks]
    thread: Callable[[Told], Blocks]


def get_told(session: Session, row: CapturedThread) -> Told:
    """A captured thread with everything that screens may need of it."""
    counted, silent = thread.count_messages(session, row), thread.list_silent(session, row)
    senders = [one.user_id for one in thread_capture.list_captures(session, row)]
    wanted = {row.author_id, *senders, *(user_id for user_id, _, _ in counted)}
    known = {one.user_id: one.name for one in people.find_by_ids(session, team_id=row.team_id, user_ids=wanted - {""})}
    summary = Summary.from_json(row.summary) if row.summary else None
    rests_on = {ts for point in summary.points for ts in point.ts} if summary else set()
    readable = thread.list_readable(session, row, stamps=rests_on) if rests_on else []
    return Told(
        thread_id=row.id or 0,
        state=row.state,
        channel="" if row.is_private else row.channel_name,
        root_ts=row.root_ts,
        link=row.link or "",
        author_id=row.author_id,
        author=known.get(row.author_id, ""),
        ended_by=row.ended_by,
        senders=tuple(dict.fromkeys(known.get(user_id, "") for user_id in senders)),
        messages=sum(number for _, _, number in counted),
        held=sum(number for _, is_held, number in counted if is_held),
        left_out=sum(number for user_id, _, number in counted if user_id in silent),
        unread=row.unread,
        summary=summary,
        is_current=row.summed_version == row.version,
        is_posted=(THREAD, "") in _posted(session, row),
        names={one.ts: name_of(one, known) for one in readable},
        texts={one.ts: one.text for one in readable},
    )


def list_newest(session: Session, *, team_id: str, start: datetime, end: datetime, limit: int) -> list[Told]:
    """The threads that were captured last in a period, and are still, the newest first."""
    query = select(CapturedThread).where(CapturedThread.team_id == team_id, CapturedThread.state == CAPTURED)
    query = query.where(CapturedThread.captured_at >= start, CapturedThread.captured_at < end)
    newest = query.order_by(col(CapturedThread.captured_at).desc(), col(CapturedThread.id).desc()).limit(limit)
    return [get_told(session, row) for row in session.exec(newest)]


def name_of(message: ThreadMessage, names: dict[str, str]) -> str:
    """Who wrote a message, as people call them."""
    return names.get(message.user_id, "") if message.user_id else message.name


def get_standing(session: Session, row: CapturedThread, *, user_id: str, default_tz: str) -> Standing:
    """What one person is to a thread."""
    person = people.get_person(session, team_id=row.team_id, user_id=user_id)
    is_marketer = people.holds_role(session, team_id=row.team_id, user_id=user_id, role="marketer")
    mine = Standing(user_id=user_id, tz=(person.tz if person else "") or default_tz, is_marketer=is_marketer)
    return _of_it(session, row, {user_id: mine})[user_id]


def show_thread(session: Session, row: CapturedThread, *, faces: Faces, settings: Settings, now: datetime) -> None:
    """Tell everybody of a captured thread who is to know it, once; what was told is kept true.

    Those are who sent it, who wrote in it and, as soon as there is a summary, marketing. To be called with the row
    locked, after each change of it.
    """
    told, posted = get_told(session, row), _posted(session, row)
    is_captured = row.state == CAPTURED
    for standing in _list_standings(session, row, posted, settings.default_tz):
        key = (PERSON, standing.user_id)
        is_due = is_captured and (standing.is_in_it or told.summary is not None)
        if key not in posted and not is_due:
            continue
        message = faces.person(told, standing, settings.official_form_url)
        sent = _show(session, row, key, posted, message, now, target=standing.user_id)
        if (DETAILS, standing.user_id) in posted or (is_due and standing.is_marketer and told.summary is not None):
            under = (DETAILS, standing.user_id)
            _show(session, row, under, posted, faces.details(told), now, target=standing.user_id, after_id=sent.id)
    own = posted.get((THREAD, ""))
    if own is not None and is_captured:
        _replace(session, own, faces.thread(told), now)
    elif own is not None:
        _delete(session, own, now)


def close_round(session: Session, row: CapturedThread, *, message: Blocks, now: datetime) -> None:
    """The thread has been sent anew: what people were told in the round before says that, and has no button left."""
    for (kind, _), sent in _posted(session, row, row.round - 1).items():
        if kind != THREAD:
            _replace(session, sent, message, now)


def add_thread_post(session: Session, row: CapturedThread, *, message: Blocks, now: datetime) -> None:
    """Post the summary in the thread itself, once in a round."""
    posted, target = _posted(session, row), row.channel_id
    if (THREAD, "") not in posted:
        _show(session, row, (THREAD, ""), posted, message | {"thread_ts": row.root_ts}, now, target=target)


def _list_standings(
    session: Session, row: CapturedThread, posted: dict[tuple[str, str], Outbox], default_tz: str
) -> list[Standing]:
    marketers = {one.user_id for one in people.list_people(session, team_id=row.team_id, role="marketer")}
    told = {user_id for kind, user_id in posted if kind == PERSON}
    in_it = set(_of_it(session, row, {}))
    known = people.find_by_ids(session, team_id=row.team_id, user_ids=marketers | told | in_it)
    found = {
        one.user_id: Standing(user_id=one.user_id, tz=one.tz or default_tz, is_marketer=one.user_id in marketers)
        for one in known
        if one.is_active
    }
    return [one for user_id, one in sorted(_of_it(session, row, found).items()) if user_id in found]


def _of_it(session: Session, row: CapturedThread, known: dict[str, Standing]) -> dict[str, Standing]:
    """The standings with what is known of this thread; those whom it concerns and who are not known are added."""
    captures, silent = thread_capture.list_captures(session, row), thread.list_silent(session, row)
    counted = thread.count_messages(session, row)
    senders, authors = {one.user_id for one in captures}, {row.author_id, *(one.author_id for one in captures)}
    writers = {user_id for user_id, _, _ in counted}
    held = {user_id for user_id, is_held, _ in counted if is_held}
    everybody = (set(known) | senders | authors | writers | silent) - {""}
    return {
        user_id: replace(
            known.get(user_id) or Standing(user_id=user_id),
            sent=user_id in senders,
            is_author=user_id in authors,
            wrote=user_id in writers,
            is_out=user_id in silent,
            is_held=user_id in held,
        )
        for user_id in everybody
    }


def _posted(session: Session, row: CapturedThread, number: int = 0) -> dict[tuple[str, str], Outbox]:
    """The messages of this round, or of another, by kind and person; the one in the thread itself is nobody's."""
    query = select(ThreadPost, Outbox).join(Outbox, col(Outbox.id) == ThreadPost.outbox_id)
    query = query.where(ThreadPost.team_id == row.team_id, ThreadPost.thread_id == row.id)
    return {
        (post.kind, post.user_id): sent
        for post, sent in session.exec(query.where(ThreadPost.round == (number or row.round)))
    }


def _show(
    session: Session,
    row: CapturedThread,
    key: tuple[str, str],
    posted: dict[tuple[str, str], Outbox],
    message: Blocks,
    now: datetime,
    *,
    target: str,
    after_id: int | None = None,
) -> Outbox:
    if key in posted:
        _replace(session, posted[key], message, now)
        return posted[key]
    kind, user_id = key
    sent = outbox.enqueue(
        session,
        team_id=row.team_id,
        key=f"thread:{row.id}:{row.round}:{kind}:{user_id}",
        target=target,
        message=message,
        now=now,
        lane="announcement",
        after_id=after_id,
    )
    post = ThreadPost(team_id=row.team_id, thread_id=row.id or 0, round=row.round, kind=kind, user_id=user_id,
                      outbox_id=sent.id or 0)  # fmt: skip
    session.add(post)
    session.flush()
    posted[key] = sent
    return sent


def _replace(session: Session, sent: Outbox, message: Blocks, now: datetime) -> None:
    """Let a message say this from now on, unless it does; a change that still waits is changed itself."""
    of_it = (col(Outbox.team_id) == sent.team_id, col(Outbox.after_id) == sent.id, col(Outbox.method) != outbox.POST)
    query = select(Outbox).where(*of_it).order_by(col(Outbox.id).desc()).limit(1)
    latest = session.exec(query.execution_options(populate_existing=True)).first() or sent
    shown = json.loads(latest.payload)
    place = {"thread_ts": shown.pop("thread_ts")} if "thread_ts" in shown else {}
    if sent.state == "failed" or latest.method == "chat.delete" or shown == message:
        return
    waits = (col(Outbox.team_id) == sent.team_id, col(Outbox.id) == latest.id, col(Outbox.state) == "pending")
    change = update(Outbox).where(*waits).values(payload=json.dumps(message | place, ensure_ascii=False))
    if session.exec(change.execution_options(synchronize_session="fetch")).rowcount:
        return
    newest = outbox.enqueue(
        session,
        team_id=sent.team_id,
        key=f"thread.change:{sent.id}:{latest.id}",
        target=sent.target,
        message=message,
        now=now,
        lane="announcement",
        method="chat.update",
        after_id=sent.id,
    )
    _forget_words(session, sent, newest)


def _delete(session: Session, sent: Outbox, now: datetime) -> None:
    key = f"thread.delete:{sent.id}"
    newest = outbox.enqueue(
        session, team_id=sent.team_id, key=key, target=sent.target, message={}, now=now, method="chat.delete",
        after_id=sent.id,
    )  # fmt: skip
    _forget_words(session, sent, newest)


def _forget_words(session: Session, sent: Outbox, newest: Outbox) -> None:
    """What a message said before is not kept: somebody may have taken those words back."""
    of_it = or_(
        col(Outbox.id) == sent.id, and_(col(Outbox.after_id) == sent.id, col(Outbox.method) == "chat.update")
    )  # fmt: skip
    settled = col(Outbox.state).in_(("sent", "failed"))
    change = update(Outbox).where(col(Outbox.team_id) == sent.team_id, of_it, settled, col(Outbox.id) != newest.id)
    session.exec(change.values(payload="{}").execution_options(synchronize_session=False))
