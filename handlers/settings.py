"""Settings of the workspace, by an admin: shown, changed in forms with bounds, and the channels listened to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.access import Denied, may
from bot.domain.text import clean
from bot.domain.workspace_settings import (
    EMOJI,
    GROUPS,
    MEANINGS,
    SETTINGS,
    Setting,
    emoji_of,
    of_group,
    read_typed,
)
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import people as people_views
from bot.views import settings as views
from bot.views.settings import Shown
from storage import announcement, audit, home, jobs, people
from storage import workspace_settings as store
from storage.workspace_settings import WorkspaceSetting

CHANNELS = "settings.channels"  # the job that looks where the app listens
LOOK_AGAIN = timedelta(minutes=5)
TWICE = "This emoji has two meanings now. Take it out of one of them."
ANNOUNCED_FOR = timedelta(days=90)  # announcements as young as that say which emoji mean what, and are shown anew


def ask_for_settings(session: Session, act: Act) -> Answer:
    """`/groundswell settings` opens them; whoever is no admin hears who is."""
    if not may(act.actor, "keep_settings"):
        admins = people.list_admins(session, team_id=act.team_id, admins=act.settings.admin_user_ids)
        raise Denied(people_views.only_an_admin([person.name for person in admins if person.name]))
    return Answer(modal=_all(session, act))


def show_settings(session: Session, act: Act) -> Answer:
    """Show all settings, from a button elsewhere or behind a form."""
    view = _all(session, act)
    return Answer(view=view) if act.view.get("type") == "modal" else Answer(modal=view)


def open_form(session: Session, act: Act) -> Answer:
    """Show the form of one group."""
    group = _group(act.value)
    return Answer(view=views.settings_form(group, _shown(session, act, store.list_saved(session, team_id=act.team_id))))


def save_settings(session: Session, act: Act) -> Answer:
    """Save what was changed in a form; what somebody else has changed meanwhile is shown first."""
    group, saved = _group(act.memo.get("group")), store.take_settings(session, team_id=act.team_id)
    shown = _shown(session, act, saved)
    typed = {setting.name: clean(act.form.get(setting.name) or "") for setting in of_group(group)}
    touched = {name: text for name, text in typed.items() if text != _was(act, name)}
    taken = _read(touched)
    _refuse_two_meanings(group, shown, taken)
    others = [
        shown[name] for name in touched if shown[name].value != _was(act, name) and shown[name].value != taken[name]
    ]
    if others:
        attempt = act.memo.get("attempt")
        attempt = attempt + 1 if isinstance(attempt, int) else 1
        return Answer(view=views.settings_form(group, shown, touched, views.meanwhile_notice(others), attempt))
    changed = [SETTINGS[name] for name, text in taken.items() if text != shown[name].value and (text or name in saved)]
    for setting in changed:
        _keep(session, act, setting, before=shown[setting.name].value, after=taken[setting.name])
    if any(setting.group == "emoji" for setting in changed):
        _show_announcements(session, act)
    if changed:
        home.refresh_home(session, team_id=act.team_id, user_id=act.actor.user_id, real_now=datetime.now(UTC))
    return Answer(view=_all(session, act, notice=views.saved_notice(changed)))


def read_channels(task: Task) -> None:
    """Look where the app listens, and remember it."""
    found = task.reader.listened_channels()
    names = [one.name for one in found if not one.is_private]
    with task.db.begin() as session:
        private = sum(one.is_private for one in found)
        store.record_channels(session, team_id=task.team_id, names=names, private=private, now=task.now)


def _group(claimed: object) -> str:
    """What a client says is a group of settings.

    Raises:
        BotError: there is none of this name.
    """
    if claimed not in GROUPS:
        raise BotError("Choose one of the groups of settings.")
    return str(claimed)


def _was(act: Act, name: str) -> str:
    return str(act.memo.get(views.was_of(name)) or "")


def _read(touched: dict[str, str]) -> dict[str, str]:
    """What was typed as it is kept; "" where the environment's setting shall hold again.

    Raises:
        FormErrors: something cannot be taken; a sentence stands under each such field.
    """
    taken, wrong = {}, {}
    for name, text in touched.items():
        try:
            taken[name] = SETTINGS[name].show(read_typed(SETTINGS[name], text)) if text else ""
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise FormErrors(wrong)
    return taken


def _refuse_two_meanings(group: str, shown: dict[str, Shown], taken: dict[str, str]) -> None:
    if group != "emoji":
        return
    seen: dict[str, str] = {}
    for setting in of_group(group):
        for emoji in setting.read(taken.get(setting.name) or shown[setting.name].value):
            if emoji in seen:
                field = setting.name if taken.get(setting.name) else seen[emoji]
                raise FormErrors({field: f":{emoji}: — {TWICE}"})
            seen[emoji] = setting.name


def _keep(session: Session, act: Act, setting: Setting, *, before: str, after: str) -> None:
    who = {"team_id": act.team_id, "by": act.actor.user_id, "now": act.now}
    store.record_setting(session, name=setting.name, value=after or None, **who)  # type: ignore[arg-type]
    audit.record(
        session,
        deed="setting.changed",
        subject=f"setting {setting.name}",
        before={"value": before},
        after={"value": after},
        **who,  # type: ignore[arg-type]
    )


def _show_announcements(session: Session, act: Act) -> None:
    """Announcements say under themselves which emoji mean what."""
    since, real = act.now - ANNOUNCED_FOR, datetime.now(UTC)
    for asset_id in announcement.list_announced(session, team_id=act.team_id, since=since):
        announcement.ask_for_refresh(session, team_id=act.team_id, asset_id=asset_id, real_now=real)


def _shown(session: Session, act: Act, saved: dict[str, WorkspaceSetting]) -> dict[str, Shown]:
    """Every setting with its value as it is now, whatever this process remembers."""
    settings = act.settings.with_saved({name: row.value for name, row in saved.items()})
    by = {row.changed_by for row in saved.values()}
    names = {one.user_id: one.name for one in people.find_by_ids(session, team_id=act.team_id, user_ids=by)}
    found = {}
    for name, setting in SETTINGS.items():
        row, value = saved.get(name), _value(settings, setting)
        found[name] = (
            Shown(setting, value, names.get(row.changed_by, ""), row.changed_at) if row else Shown(setting, value)
        )
    return found


def _value(settings: Settings, setting: Setting) -> str:
    meaning = setting.name.removeprefix(EMOJI)
    if setting.group == "emoji" and meaning in MEANINGS:
        return setting.show(emoji_of(settings.emoji_map, meaning))
    return setting.show(getattr(settings, setting.name))


def _all(session: Session, act: Act, notice: str = "") -> dict[str, object]:
    channels = store.get_channels(session, team_id=act.team_id)
    if channels is None or act.now - channels.read_at > LOOK_AGAIN:
        given = {"team_id": act.team_id, "kind": CHANNELS, "key": CHANNELS, "payload": {}, "now": datetime.now(UTC)}
        jobs.add_job(session, **given, again=True)  # type: ignore[arg-type]
    listened = views.ChannelsShown(channels.names, channels.private, channels.read_at) if channels else None
    shown = _shown(session, act, store.list_saved(session, team_id=act.team_id))
    return views.settings_modal(shown, listened, act.actor.tz, notice)


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_for_settings, may="see_home"),
    Listener("action", views.OPEN, show_settings, may="keep_settings"),
    Listener("action", views.EDIT, open_form, may="keep_settings"),
    Listener("action", views.BACK, show_settings, may="keep_settings"),
    Listener("submission", views.SAVE, save_settings, may="keep_settings"),
)
JOBS: dict[str, Callable[[Task], None]] = {CHANNELS: read_channels}
