"""People: who works here, and what an administrator says of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot.access import Denied, may
from bot.domain.own_group import PEOPLE, check_choice
from bot.domain.people import read_department, read_tz, read_working_hours, role_change
from bot.domain.text import clean, clip
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import help as help_views
from bot.views import kit
from bot.views import own_group as own_views
from bot.views import people as views
from storage import erased, home, outbox, own_group, people_sync, user_group
from storage import people as store

ERASED = "One of them was erased from Groundswell, and can be chosen once they use it again."


def ask_groundswell(session: Session, act: Act) -> Answer:
    """`/groundswell` alone is the help; `/groundswell people` (or `roles`) the list, with a name behind it a search."""
    word, _, rest = act.text.partition(" ")
    if word.lower() not in ("people", "roles"):
        return Answer(text=help_views.help_text(act.actor, "" if word.lower() in ("", "help") else act.text))
    if not may(act.actor, "set_people"):
        admins = store.list_admins(session, team_id=act.team_id, admins=act.settings.admin_user_ids)
        raise Denied(views.only_an_admin([person.name for person in admins if person.name]))
    return Answer(modal=_list(session, act, search=rest))


def open_people(session: Session, act: Act) -> Answer:
    """Open the list, from a button elsewhere."""
    return Answer(modal=_list(session, act))


def search_people(session: Session, act: Act) -> Answer:
    """Show who fits the words in the search field."""
    return Answer(view=_list(session, act, search=act.form.get("search") or ""))


def turn_page(session: Session, act: Act) -> Answer:
    """Show another page of the list."""
    return Answer(view=_list(session, act, search=str(act.memo.get("search") or ""), page=act.row_id))


def return_to_list(session: Session, act: Act, notice: str = "") -> Answer:
    """Show the list where it was left."""
    page = act.memo.get("page")
    search = str(act.memo.get("search") or "")
    return Answer(view=_list(session, act, search=search, page=page if isinstance(page, int) else 0, notice=notice))


def open_person(session: Session, act: Act) -> Answer:
    """Show the form for the person who was chosen."""
    user_id = _member(act.value)
    person = store.get_person(session, team_id=act.team_id, user_id=user_id) or store.Person(
        team_id=act.team_id, user_id=user_id, created_at=act.now
    )
    held = store.list_roles(session, team_id=act.team_id, user_id=user_id)
    always = user_id in act.settings.admin_user_ids
    if "manager" in held:
        user_group.ask_to_read(session, team_id=act.team_id, real_now=datetime.now(UTC))  # before somebody types
    page = act.memo.get("page")
    view = views.person_modal(
        _card(person, held | ({"admin"} if always else set())),
        page=page if isinstance(page, int) else 0,
        search=str(act.memo.get("search") or ""),
        always_admin=always,
        own_group=_own_group_blocks(session, act, user_id) if "manager" in held else (),
    )
    own = own_group.find_own_group(session, team_id=act.team_id, manager_id=user_id)
    return Answer(view=kit.with_memo(view, shown=own_group.as_choice(session, own).in_one_line()))


def find_user_group(session: Session, act: Act) -> Answer:
    """Offer Slack's user groups, as they were last read, to whoever types."""
    groups = user_group.list_user_groups(session, team_id=act.team_id)
    return Answer(options=own_views.user_group_options(groups, act.query))


def _own_group_blocks(session: Session, act: Act, user_id: str) -> list[dict[str, Any]]:
    own = own_group.find_own_group(session, team_id=act.team_id, manager_id=user_id)
    state = own_views.OwnGroupState(
        own=own,
        size=own_group.count_people(session, own) if own else 0,
        chosen=own_group.as_choice(session, own).user_ids,
    )
    return own_views.own_group_blocks(state)


def _member(claimed: object) -> str:
    """What a client says is a person's id.

    Raises:
        BotError: it cannot be one.
    """
    user_id = str(claimed or "")
    if not (user_id.isascii() and user_id.isalnum()) or user_id[0] not in "UW":
        raise BotError("Choose a person of this workspace.")
    return user_id


def change_person(session: Session, act: Act) -> Answer:
    """Save what the form says of a person, and tell them if their roles changed."""
    user_id, form, wrong = _member(act.memo.get("user_id")), act.form, {}
    facts = {"region": " ".join(clean(form.get("region") or "").split())}
    for field, read in (("department", read_department), ("tz", read_tz), ("working_hours", read_working_hours)):
        try:
            facts[field] = read(form[field]) if form.get(field) else ""
        except ValueError as error:
            wrong[field] = str(error)
    if wrong:
        raise FormErrors(wrong)
    known = {field: value for field, value in facts.items() if value or field in ("region", "tz", "working_hours")}
    by = act.actor.user_id
    person = store.change_facts(session, team_id=act.team_id, user_id=user_id, now=act.now, by=by, facts=known)
    roles = frozenset(form.get("roles") or ())
    change = _change_roles(session, act, user_id, roles)
    called = _card(person, change.after).called
    told = f" {called} has been told." if change.before != change.after else ""
    if "manager" in change.after and (_change_own_group(session, act, user_id) or "manager" not in change.before):
        own = own_group.find_own_group(session, team_id=act.team_id, manager_id=user_id)
        told += f" {own_views.is_now(own)}"
    return return_to_list(session, act, notice=f"Saved.{told}")


def _change_own_group(session: Session, act: Act, user_id: str) -> bool:
    """Keep what the form says of a manager's own group; False if that has not changed, or is not asked there.

    Whoever changes something else in the form does not undo what another admin has chosen meanwhile.

    Raises:
        FormErrors: it cannot be kept.
    """
    if "own_group" not in act.form:
        return False  # they were no manager when it was opened
    said = own_views.choice_in(act.form)
    if said.in_one_line() == act.memo.get("shown"):
        return False
    own = own_group.find_own_group(session, team_id=act.team_id, manager_id=user_id)
    kept = own_group.as_choice(session, own)
    wrong = check_choice(said, kept, offered=user_group.list_user_groups(session, team_id=act.team_id))
    if not wrong and said.kind == PEOPLE:
        wrong = _wrong_people(session, act, said.user_ids)
    if wrong:
        raise FormErrors(wrong)
    who: dict[str, Any] = {"team_id": act.team_id, "manager_id": user_id, "by": act.actor.user_id, "now": act.now}
    return own_group.change_own_group(session, said, **who, real_now=datetime.now(UTC))


def _wrong_people(session: Session, act: Act, user_ids: tuple[str, ...]) -> dict[str, str]:
    """What a form may not choose as people, whatever it claims; Slack is asked about them afterwards."""
    try:
        chosen = [_member(user_id) for user_id in user_ids]
    except BotError as error:
        return {"people": error.sentence}
    return {"people": ERASED} if erased.list_erased(session, team_id=act.team_id, user_ids=chosen) else {}


def open_import(session: Session, act: Act) -> Answer:
    """Show the form for a pasted list."""
    return Answer(view=views.import_modal())


def import_list(session: Session, act: Act) -> Answer:
    """Save a pasted list of people; bad lines are named and stay in the form."""
    pasted, keep = act.form.get("csv") or "", act.form.get("keep") or views.KEEP_GOOD
    done = store.import_people(
        session,
        team_id=act.team_id,
        text=pasted,
        now=act.now,
        by=act.actor.user_id,
        all_or_nothing=keep == views.ALL_OR_NOTHING,
        admins=act.settings.admin_user_ids,
    )
    if not done.saved:
        raise FormErrors({"csv": clip(views.problem_lines(done.problems), 1000)})
    for change in done.changes:
        _tell(session, act, change)
    people_sync.ask_at_once(session, team_id=act.team_id, real_now=datetime.now(UTC))
    notice = views.import_notice(len(done.saved), done.problems)
    if done.problems:
        attempt = row_number(act.memo.get("attempt")) + 1
        return Answer(view=views.import_modal(done.reading.again(done.problems), keep, notice, attempt))
    return Answer(view=_list(session, act, notice=notice))


def read_person(task: Task) -> None:
    """Bring one person up to date with what Slack knows of them."""
    profile = task.reader.profile(task.payload["user_id"])
    with task.db.begin() as session:
        if erased.list_erased(session, team_id=task.team_id, user_ids=[profile.user_id]):
            return  # they are in Slack, and in here only once they use it again
        store.record_person(
            session,
            team_id=task.team_id,
            user_id=profile.user_id,
            now=task.now,
            name=profile.name or None,
            tz=profile.tz or None,
            is_active=profile.is_active and profile.works_here(task.team_id),
        )


def _list(session: Session, act: Act, *, search: str = "", page: int = 0, notice: str = "") -> dict[str, Any]:
    search = " ".join(clip(clean(search), 60).split())
    total = store.count_people(session, team_id=act.team_id, search=search)
    page = max(0, min(page, (total - 1) // views.PAGE_SIZE))
    found = store.find_people(
        session, team_id=act.team_id, search=search, offset=page * views.PAGE_SIZE, limit=views.PAGE_SIZE
    )
    held = store.list_all_roles(session, team_id=act.team_id)
    named = {user_id: frozenset({"admin"}) for user_id in act.settings.admin_user_ids}
    cards = [
        _card(one, held.get(one.user_id, frozenset({"rep"})) | named.get(one.user_id, frozenset())) for one in found
    ]
    return views.people_modal(views.PeoplePage(cards, total, page, search), notice)


def _card(person: store.Person, roles: frozenset[str]) -> views.PersonCard:
    return views.PersonCard(
        user_id=person.user_id,
        name=person.name,
        roles=roles,
        department=person.department,
        region=person.region,
        tz=person.tz,
        working_hours=person.working_hours,
    )


def _change_roles(session: Session, act: Act, user_id: str, roles: frozenset[str]) -> store.RoleChange:
    change = store.change_roles(
        session,
        team_id=act.team_id,
        user_id=user_id,
        roles=roles,
        admins=act.settings.admin_user_ids,
        now=act.now,
        by=act.actor.user_id,
    )
    _tell(session, act, change)
    return change


def _tell(session: Session, act: Act, change: store.RoleChange) -> None:
    told = role_change(change.before, change.after)
    if told:
        outbox.enqueue(
            session,
            team_id=act.team_id,
            key=f"people.roles:{change.user_id}:{act.now.isoformat()}",
            target=change.user_id,
            message=kit.note(told),
            now=act.now,
        )
        home.refresh_home(session, team_id=act.team_id, user_id=change.user_id, real_now=datetime.now(UTC))


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_groundswell, may="see_home"),
    Listener("action", views.OPEN, open_people, may="set_people"),
    Listener("submission", views.LIST, search_people, may="set_people"),
    Listener("action", views.PREVIOUS, turn_page, may="set_people"),
    Listener("action", views.NEXT, turn_page, may="set_people"),
    Listener("action", views.PICK, open_person, may="set_people"),
    Listener("action", views.EDIT, open_person, may="set_people"),
    Listener("options", own_views.FIND, find_user_group, may="set_people", reads=True),
    Listener("action", views.BACK, return_to_list, may="set_people"),
    Listener("action", views.IMPORT, open_import, may="set_people"),
    Listener("submission", views.EDIT, change_person, may="set_people"),
    Listener("submission", views.IMPORT, import_list, may="set_people"),
)
JOBS: dict[str, Callable[[Task], None]] = {"people.read": read_person}
