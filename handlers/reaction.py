"""Reactions: an emoji under an announcement or a link to an asset is feedback; a memo sends the whole thread."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.domain.asset import CURRENT, DRAFT, state_on
from bot.domain.feedback import CAPTURE, meaning_of
from bot.domain.link import find_linked
from bot.domain.text import links_in
from bot.intake import Act, Listener
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import Settings
from bot.views import feedback_receipt
from storage import (
    announcement,
    asset,
    asset_expiry,
    erased,
    feedback,
    home,
    jobs,
    outbox,
    people,
    thread_capture,
    workspace,
)
from storage import reaction as store
from storage.db import Database

READ = "reaction.read"
SWEEP = "reaction.sweep"
SWEPT_FOR = timedelta(days=14)  # announcements older than that are not read again (R8)
SILENCE = timedelta(minutes=3)  # without a tick of the clock: Slack may have given up on what it had to say


def add_reaction(session: Session, act: Act) -> None:
    """Somebody put an emoji under a message."""
    _record(session, act, is_present=True)


def remove_reaction(session: Session, act: Act) -> None:
    """Somebody took an emoji away."""
    _record(session, act, is_present=False)


def read_reaction(task: Task) -> None:
    """Find the assets that the message is about and keep what the emoji says of them; about none, nothing is kept."""
    reaction_id = int(task.payload["reaction_id"])
    with task.db.read() as session:
        row = store.get_reaction(session, team_id=task.team_id, reaction_id=reaction_id)
        version_ids = _announced(session, task, row) if row else []
    if row is None:
        return
    if not version_ids:
        version_ids = _linked(task, row)
    with task.db.begin() as session:
        # Read again and locked: while the message was on its way the emoji may have been taken back.
        now_there = store.get_reaction(session, team_id=task.team_id, reaction_id=reaction_id, lock=True)
        if now_there is not None:
            _keep(session, task, now_there, version_ids)


def run_due(db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
    """Read the announcements again hourly and after a silence, for what Slack never delivered; gives their number."""
    real_now = datetime.now(UTC)
    with db.read() as session:
        beat = workspace.get_heartbeat(session, team_id=team_id)
        standing = announcement.list_standing(session, team_id=team_id, since=now - SWEPT_FOR)
    if not standing or beat is None:
        return 0
    silent = real_now - beat.ticked_at > SILENCE
    occasion = f"after {beat.ticked_at.isoformat()}" if silent else f"{real_now:%Y-%m-%dT%H}"
    with db.begin() as session:
        for announcement_id, channel_id, ts in standing:
            payload, key = {"channel_id": channel_id, "ts": ts}, f"{SWEEP}:{announcement_id}:{occasion}"
            jobs.add_job(session, team_id=team_id, kind=SWEEP, key=key, payload=payload, now=real_now)
    return len(standing)


def sweep_reactions(task: Task) -> None:
    """Hold what stands under one announcement against what is known, and put right what differs."""
    channel_id, ts = str(task.payload["channel_id"]), str(task.payload["ts"])
    read_at = f"{task.now.timestamp():.6f}"  # an event that is younger than this look counts more
    found = task.reader.reactions(channel_id, ts)
    if found is None:
        return
    emoji_map = task.settings.emoji_map
    standing = {(user_id, emoji) for user_id, emoji in found if meaning_of(emoji, emoji_map) not in (None, CAPTURE)}
    with task.db.begin() as session:
        ours = workspace.get_workspace(session, team_id=task.team_id)
        rows = store.list_reactions(session, team_id=task.team_id, channel_id=channel_id, message_ts=ts)
        known = {(row.user_id, row.emoji) for row in rows if row.is_present}
        gone = erased.list_erased(session, team_id=task.team_id, user_ids={user_id for user_id, _ in standing})
        for user_id, emoji in sorted(standing ^ known):
            if user_id not in gone and (ours is None or user_id != ours.bot_user_id):
                is_present = (user_id, emoji) in standing
                place = (channel_id, ts, user_id, emoji)
                _save(session, task.team_id, place, event_ts=read_at, is_present=is_present, now=task.now)


def _record(session: Session, act: Act, *, is_present: bool) -> None:
    event, item = act.event, act.event.get("item") or {}
    emoji, channel_id, ts = str(event.get("reaction") or ""), str(item.get("channel") or ""), str(item.get("ts") or "")
    known = meaning_of(emoji, act.settings.emoji_map)
    if item.get("type") != "message" or known is None or not (channel_id and ts and act.actor.user_id):
        return
    if act.actor.user_id == workspace.find_bot_user(session, team_id=act.team_id):
        return
    place = (channel_id, ts, act.actor.user_id, emoji)
    event_ts = str(event.get("event_ts") or "")
    if known == CAPTURE:
        thread_capture.record_capture(
            session,
            team_id=act.team_id,
            place=(channel_id, ts),
            user_id=act.actor.user_id,
            way="reaction",
            event_ts=event_ts,
            is_present=is_present,
            now=act.now,
        )
        return
    _save(session, act.team_id, place, event_ts=event_ts, is_present=is_present, now=act.now)


def _save(
    session: Session,
    team_id: str,
    place: tuple[str, str, str, str],
    *,
    event_ts: str,
    is_present: bool,
    now: datetime,
) -> None:
    """Keep what is known of one emoji (channel, ts, person, emoji), and have a job find out what it is about."""
    channel_id, ts, user_id, emoji = place
    row = store.record_reaction(
        session,
        team_id=team_id,
        channel_id=channel_id,
        message_ts=ts,
        user_id=user_id,
        emoji=emoji,
        event_ts=event_ts,
        is_present=is_present,
        now=now,
    )
    # A job for each event: one that is under way may have looked before this event came.
    key = f"{READ}:{channel_id}:{ts}:{user_id}:{emoji}:{event_ts}"
    payload = {"reaction_id": row.id}
    jobs.add_job(session, team_id=team_id, kind=READ, key=key, payload=payload, now=datetime.now(UTC), again=True)


def _announced(session: Session, task: Task, row: store.Reaction) -> list[int]:
    return store.list_announced_versions(
        session, team_id=task.team_id, channel_id=row.channel_id, message_ts=row.message_ts
    )


def _linked(task: Task, row: store.Reaction) -> list[int]:
    """The asset versions that the message links to; none where the workspace lets no message be read."""
    try:
        message = task.reader.message(row.channel_id, row.message_ts)
    except Refused:
        return []
    if message is None:
        return []
    with task.db.read() as session:
        cards = asset.list_names(session, team_id=task.team_id)
    return [card.version_id for card in find_linked(links_in(message.text), cards)]


def _keep(session: Session, task: Task, row: store.Reaction, version_ids: list[int]) -> None:
    """One piece of feedback for each asset; those that exist follow the emoji even if the message is gone by now."""
    known = feedback.list_reaction_versions(session, team_id=task.team_id, reaction_id=row.id or 0)
    meaning = meaning_of(row.emoji, task.settings.emoji_map)
    if (not version_ids and not known) or meaning is None:
        store.forget_reaction(session, row)
        return
    person = people.get_person(session, team_id=task.team_id, user_id=row.user_id)
    if row.is_present:
        _tell_of_old(session, task, row, version_ids)
    for version_id in dict.fromkeys([*known, *version_ids]):
        feedback.record_reaction_feedback(
            session,
            team_id=task.team_id,
            reaction_id=row.id or 0,
            user_id=row.user_id,
            region=person.region if person else "",
            version_id=version_id,
            meaning=meaning,
            place=(row.channel_id, row.message_ts),
            is_present=row.is_present,
            now=row.changed_at,
        )
    home.refresh_home(session, team_id=task.team_id, user_id=row.user_id, real_now=datetime.now(UTC))


def _tell_of_old(session: Session, task: Task, row: store.Reaction, version_ids: list[int]) -> None:
    """Tell whoever put the emoji there, once about a version, that it is no longer to be used and which is."""
    for version_id in version_ids:
        card = asset.get_card(session, team_id=task.team_id, version_id=version_id)
        if card is None or state_on(card, task.now.date()) in (DRAFT, CURRENT):
            continue
        today = task.now.date()
        current = asset_expiry.find_usable(session, team_id=task.team_id, asset_id=card.asset_id, today=today)
        message = feedback_receipt.used_old(card, current, today)
        key = f"reaction.old:{version_id}:{row.user_id}"
        outbox.enqueue(session, team_id=task.team_id, key=key, target=row.user_id, message=message, now=task.now)


LISTENERS: tuple[Listener, ...] = (
    Listener("event", "reaction_added", add_reaction, may="give_feedback"),
    Listener("event", "reaction_removed", remove_reaction, may="give_feedback"),
)
JOBS: dict[str, Callable[[Task], None]] = {READ: read_reaction, SWEEP: sweep_reactions}
