"""Captured threads, behind the answer: may it be sent, what stands in it, what does it say, and has it grown."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot import summarizer
from bot.domain.summary import Message, Thread
from bot.domain.text import plain
from bot.domain.thread import CAPTURED, DELETED, RELEASED, TAKEN_BACK, Said, kept_of, read_said
from bot.intake import Listener
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import Settings
from bot.thread_reader import Place, Written, can_see, find_place, find_profile, find_root, read_thread
from bot.views import thread as views
from bot.views import thread_summary
from storage import audit, erased, jobs, outbox, people, summary_cache, thread_capture, thread_told, workspace
from storage import thread as store
from storage.db import Database
from storage.thread import CapturedThread
from storage.thread_capture import Capture

FACES = thread_told.Faces(views.person_message, thread_summary.details_message, thread_summary.thread_message)
SWEEP = "thread.sweep"
PACE = 1.2  # seconds between two threads: Slack allows 50 readings a minute
READ_AGAIN_FOR = timedelta(days=14)  # after its last change a thread is no longer looked at by itself (R8)
MENTION = re.compile(r"<@([UW][A-Z0-9]+)")
MOST_STRANGERS = 50  # people of one thread who are looked up in Slack, those who wrote first
SILENCE = timedelta(minutes=3)  # without a tick of the clock: Slack may have given up on what it had to say


def find_thread(task: Task) -> None:
    """Find the thread of a capture and whether it may be sent; or take the capture back."""
    capture_id = int(task.payload["capture_id"])
    with task.db.read() as session:
        capture = thread_capture.get_capture(session, team_id=task.team_id, capture_id=capture_id)
    if capture is None:
        return
    if not capture.is_present:
        _take_back(task, capture_id)
        return
    found: tuple[Place, str, str] | str | None
    try:
        found = _look(task, capture)
    except Refused:
        found = "no_reading"
    with task.db.begin() as session:
        thread_capture.take_captures(session, team_id=task.team_id)
        known = thread_capture.get_capture(session, team_id=task.team_id, capture_id=capture_id, lock=True)
        if known is None or not known.is_present:
            return  # taken back meanwhile
        if isinstance(found, str) or (found := _capture(session, task, known, *found)) is not None:
            _refuse(session, task, known, found)


def read_whole(task: Task) -> None:
    """Read a captured thread with all its pages, and keep what stands in it."""
    thread_id, began = int(task.payload["thread_id"]), datetime.now(UTC)
    with task.db.read() as session:
        row = store.get_thread(session, team_id=task.team_id, thread_id=thread_id)
        ours = workspace.get_workspace(session, team_id=task.team_id)
    if row is None or row.state != CAPTURED:
        return
    written = read_thread(task.reader, row.channel_id, row.root_ts, {ours.bot_user_id} if ours else ())
    if written is None:
        return  # the app is no longer in the channel: what it has read stays as it is
    writers, mentioned = {one.user_id for one in written} - {""}, _mentioned(written)
    with task.db.read() as session:
        gone = erased.list_erased(session, team_id=task.team_id, user_ids=writers | mentioned)
    written = [one for one in written if one.user_id not in gone]  # what they have written is not kept again
    names = dict.fromkeys(gone, "somebody") | _meet(task, written, gone)
    said = [_said(one, names) for one in written]
    link = row.link or task.reader.permalink(row.channel_id, row.root_ts)
    with task.db.begin() as session:
        row = store.get_thread(session, team_id=task.team_id, thread_id=thread_id, lock=True)
        if row is None or row.state != CAPTURED or (row.read_at is not None and row.read_at > began):
            return  # taken back meanwhile, or somebody has looked later than we did
        row.read_at, row.link = began, link
        if not said:
            store.record_end(session, row, state=DELETED, now=task.now)
        elif store.record_read(session, row, kept_of(said), now=task.now):
            row.unread = len(said) - len(kept_of(said))
            row.author_id = next((one.user_id for one in said if one.ts == row.root_ts), row.author_id)
            store.ask_to_sum(session, row, real_now=datetime.now(UTC))
        session.add(row)
        _show(session, task, row)


def sum_up(task: Task) -> None:
    """Sum a captured thread up as it is now; what has changed again is summed up by a later job."""
    thread_id, version = int(task.payload["thread_id"]), int(task.payload["version"])
    with task.db.read() as session:
        row = store.get_thread(session, team_id=task.team_id, thread_id=thread_id)
        if row is None or row.state != CAPTURED or row.version != version:
            return
        messages = store.list_readable(session, row)
        met = people.find_by_ids(session, team_id=task.team_id, user_ids={one.user_id for one in messages})
    names = {one.user_id: one.name for one in met}
    found = Thread(tuple(Message(one.ts, one.user_id, thread_told.name_of(one, names), one.text) for one in messages))
    spend = summarizer.Spend(task.db, task.team_id)
    summary = summarizer.summarize(found, task.settings, now=task.now, spend=spend)
    with task.db.begin() as session:
        row = store.get_thread(session, team_id=task.team_id, thread_id=thread_id, lock=True)
        if row is not None and row.state == CAPTURED and row.version == version:
            store.record_summary(session, row, summary=summary, version=version)
            _show(session, task, row)
        else:  # what has been taken back meanwhile must not lie about as something that was summed up before
            summary_cache.forget_summaries(session, team_id=task.team_id)


def run_due(db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
    """Read captured threads again hourly and after a silence, for what Slack never delivered; gives their number."""
    real_now = datetime.now(UTC)
    with db.read() as session:
        beat = workspace.get_heartbeat(session, team_id=team_id)
        lately = store.count_lately(session, team_id=team_id, since=now - READ_AGAIN_FOR)
    if not lately or beat is None:
        return 0
    silent = real_now - beat.ticked_at > SILENCE
    occasion = f"after {beat.ticked_at.isoformat()}" if silent else f"{real_now:%Y-%m-%dT%H}"
    with db.begin() as session:
        key = f"{SWEEP}:{occasion}"
        jobs.add_job(session, team_id=team_id, kind=SWEEP, key=key, payload={}, now=real_now)
    return lately


def sweep_threads(task: Task) -> None:
    """Have each thread in which something was written lately read again, one after the other."""
    real_now = datetime.now(UTC)
    with task.db.begin() as session:
        lately = store.list_lately(session, team_id=task.team_id, since=task.now - READ_AGAIN_FOR)
        for number, row in enumerate(lately):
            store.ask_to_read(session, row, real_now=real_now, wait=number * PACE)


def _look(task: Task, capture: Capture) -> tuple[Place, str, str] | str:
    """The place, the thread and who wrote the message by which it was sent; or in a word why it may not be sent."""
    place = find_place(task.reader, capture.channel_id)
    if place is not None and place.is_direct:
        return "direct"
    if place is None or not place.is_member:
        return "not_member"
    if place.is_shared:
        return "shared"
    if not can_see(task.reader, place, capture.user_id, task.team_id):
        return "gone"
    root = find_root(task.reader, capture.channel_id, capture.message_ts)
    return (place, *root) if root else "gone"


def _capture(session: Session, task: Task, capture: Capture, place: Place, root_ts: str, author_id: str) -> str | None:
    """The thread is captured from now on; or in a word why not."""
    row = store.add_thread(
        session, team_id=task.team_id, channel_id=capture.channel_id, root_ts=root_ts, now=task.now
    )  # fmt: skip
    if row.state == TAKEN_BACK and row.ended_by != capture.user_id:
        return "taken_back"
    if store.record_captured(session, row, channel_name=place.name, is_private=place.is_private, now=task.now):
        thread_told.close_round(session, row, message=views.sent_anew(), now=task.now)
    subject, by = f"thread {row.id}", capture.user_id
    audit.record(session, team_id=task.team_id, by=by, deed="thread.captured", subject=subject, now=task.now)
    capture.thread_id, capture.author_id = row.id, author_id
    session.add(capture)
    session.flush()
    if row.version:
        _show(session, task, row)
    store.ask_to_read(session, row, real_now=datetime.now(UTC))
    return None


def _refuse(session: Session, task: Task, capture: Capture, why: str) -> None:
    key = f"thread.refused:{capture.id}:{capture.event_ts}"
    message = views.refusal(why)
    outbox.enqueue(session, team_id=task.team_id, key=key, target=capture.user_id, message=message, now=task.now)
    thread_capture.forget_capture(session, capture)


def _take_back(task: Task, capture_id: int) -> None:
    with task.db.begin() as session:
        thread_capture.take_captures(session, team_id=task.team_id)
        capture = thread_capture.get_capture(session, team_id=task.team_id, capture_id=capture_id, lock=True)
        if capture is None or capture.is_present:
            return
        row = store.get_thread(session, team_id=task.team_id, thread_id=capture.thread_id or 0, lock=True)
        if row is None:
            thread_capture.forget_capture(session, capture)  # it was taken back before anything was read
            return
        if row.state == CAPTURED and not thread_capture.list_captures(session, row):
            store.record_end(session, row, state=RELEASED, now=task.now, by=capture.user_id)
        _show(session, task, row)


def _mentioned(written: list[Written]) -> set[str]:
    return {user_id for one in written for user_id in MENTION.findall(one.text)}


def _meet(task: Task, written: list[Written], gone: Collection[str]) -> dict[str, str]:
    """The names of those who wrote and who are mentioned; whom the app has not met is looked up in Slack."""
    writers = {one.user_id for one in written} - {""}
    mentioned = _mentioned(written) - set(gone)
    with task.db.read() as session:
        met = people.find_by_ids(session, team_id=task.team_id, user_ids=writers | mentioned)
    names = {one.user_id: one.name for one in met}
    strangers = sorted((writers | mentioned) - set(names), key=lambda user_id: (user_id not in writers, user_id))
    for user_id in strangers[:MOST_STRANGERS]:
        profile = find_profile(task.reader, user_id)
        names[user_id] = profile.name if profile and profile.name else "somebody"
        if profile and user_id in writers:
            known = {"name": profile.name, "tz": profile.tz or None}
            with task.db.begin() as session:
                people.record_person(session, team_id=task.team_id, user_id=user_id, now=task.now, **known)
    return dict.fromkeys(strangers, "somebody") | names


def _said(written: Written, names: dict[str, str]) -> Said:
    text = plain(written.text, names)
    return read_said(written.ts, written.user_id, text, files=written.files, name=written.app)


def _show(session: Session, task: Task, row: CapturedThread) -> None:
    thread_told.show_thread(session, row, faces=FACES, settings=task.settings, now=task.now)


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {
    thread_capture.CAPTURE: find_thread,
    store.READ: read_whole,
    store.SUM: sum_up,
    SWEEP: sweep_threads,
}
