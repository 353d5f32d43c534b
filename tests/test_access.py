"""Every role at every listener with what is somebody else's: nothing is shown, nothing is changed, nothing is told."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlmodel import SQLModel, select

import handlers
from bot.access import CAPABILITIES, NOT_FOUND, ROLES
from bot.door import OTHER_COMPANY, Door
from bot.errors import SettingsError
from bot.intake import Answer, Listener
from bot.routes import listen
from bot.settings import read_settings
from handlers.audit import run_due
from storage import audit, audit_reading, denial, erased, people, workspace
from storage import own_group as own_groups
from storage import user_group as user_groups
from storage.db import Database
from storage.own_group import find_own_group
from tests.foreign import Ids, plant

HOME, AWAY = "T0HOME", "T0AWAY"
OWNER, STRANGER = "UOWNER", "USTRANGER"  # somebody with every role in both workspaces, and another one in the other
SECRET, MARK, MARK_AWAY = "mine-only-9f3a", "ours-all-2b8e", "away-only-7c1d"
NOWHERE = 999_999  # an id that no row has
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SETTINGS = read_settings(env_file=None, admin_user_ids=frozenset({OWNER}))

# What a button or a form names, by the kind of row; "" is nothing: a page, a word, a choice. A new one must be put
# here, or its test fails. "_*" stands for those that are numbered.
NAMES = {
    "": "people.open people.list people.previous people.next people.back people.import audit.open audit.previous"
    " audit.next asset.library asset.previous asset.next asset.follow asset.add asset.import feedback.mine"
    " feedback.newer feedback.older check_in.previous check_in.next check_in.back check_in.new check_in.preview"
    " check_in.save pulse_list.open pulse_list.back pulse_list.previous pulse_list.next pulse_list.new pulse_list.new_*"
    " digest.more digest.settings"
    " pulse_form.send ask.resume quiet.hours quiet.week quiet.back settings.open settings.edit"
    " settings.back settings.save privacy.open privacy.send export.open export.send erase.open erase.choose",
    "version": "asset.show asset.look_up asset.edit asset.release asset.retire asset.restore asset.leave expiry.renew"
    " expiry.revise feedback.give feedback.used feedback.used_old feedback.could_not_use filed_away.audience",
    "feedback": "feedback.withdraw feedback.undo feedback.restore feedback.move feedback.edit feedback.open"
    " feedback.reply thread.send",
    "draft": "feedback.choose feedback.open_draft",
    "thread": "thread.send_again thread.read thread.post thread.take_back thread.leave_out thread.put_back",
    "filed_away_ask": "filed_away.used_with_customer filed_away.opened_only filed_away.could_not_find"
    " filed_away.did_not_know filed_away.not_for_my_accounts filed_away.change filed_away.why",
    "check_in": "check_in.edit check_in.stop check_in.resume",
    "round": "check_in.answer check_in.take_back check_in.read check_in.read_before check_in.read_on",
    "pulse": "pulse_list.send pulse_list.end pulse_list.close pulse_list.cancel pulse_list.quick_privacy"
    " pulse_list.quick pulse_list.outcome pulse_form.end pulse.again pulse_list.edit pulse_list.edit_quick"
    " pulse_form.add pulse_form.remove pulse_form.move pulse_form.kind pulse_form.preview pulse_form.save"
    " pulse.choose_* pulse.answer"
    " pulse.cast_* pulse_result.read pulse_result.read_before pulse_result.read_on pulse_result.csv pulse_outcome.say"
    " pulse_outcome.form",
    "series": "pulse_list.stop_series pulse_list.edit_series",
    "ask": "ask.snooze ask.stop ask.why",
    "person": "people.pick people.edit erase.confirm",
}
KIND_OF = {name: kind for kind, names in NAMES.items() for name in names.split()}
# Values of buttons that say more than the id.
VALUES: dict[str, Callable[[int], str]] = {
    "expiry.renew": lambda number: f"{number}:2026-12-14",
    "feedback.choose": lambda number: f"{number}:{number}",
    "feedback.move": lambda number: f"{number}:{number // 2 + 1}",  # a copy has two pieces of feedback, and one version
    "check_in.read": lambda number: f"{number}:0",
    "pulse_result.read": lambda number: f"{number}:0",
    "pulse.choose": lambda number: f"{number}:0:00000000",
    "pulse.cast": lambda number: f"{number}:0:00000000",
    "pulse.cast_form": str,
    "digest.more": lambda _number: "2026-11-16:2026-11-23",
}
# Who else may read another's words: marketing what was sent to it, without names, and it keeps check-ins together.
READ_BY = {"feedback.open": {"marketer"}, "thread.read": {"marketer"}, "check_in.read": {"marketer", "admin"}}
# Forms whose buttons say what they are by their memo alone, and never by an id of a row.
WORDS = {
    "rating": "3",
    "use": "opened_only",
    "outcome": "It is done, and here is the new sheet.",
    "reply": "Thank you.",
}


class Screen(WebClient):
    """What Slack would show of the app's answer."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Any] = []

    def views_open(self, **shown: Any) -> Any:
        self.shown.append(shown.get("view"))

    views_push = views_update = views_open


@dataclass
class Company:
    """Two workspaces in one database, with the app of one of them, and what became of the last delivery."""

    db: Database
    door: Door
    screen: Screen
    ids: dict[str, Ids]
    outcomes: list[str] = field(default_factory=list)
    pristine: Path = Path()
    deliveries: int = 0
    away: dict[str, list[Any]] = field(default_factory=dict)  # the rows of the other workspace as they were planted
    ours: dict[str, list[Any]] = field(default_factory=dict)  # and the owner's here

    def deliver(self, listener: Listener, user_id: str, number: int, *, user_team: str = HOME) -> tuple[str, str]:
        """Somebody uses what a listener stands behind, naming the row `number`; gives the outcome and all they see."""
        self.deliveries += 1
        self.screen.shown.clear()
        body = body_for(listener, user_id, number, self.deliveries, user_team)
        answered = self.door.take(listener, body, Ack())  # type: ignore[no-untyped-call]
        seen = json.dumps([answered.body, *self.screen.shown], ensure_ascii=False, default=str)
        return self.outcomes[-1], seen

    def restore(self) -> None:
        """Put everything back as it was planted."""
        with closing(sqlite3.connect(self.pristine)) as source:
            raw = self.db.engine.raw_connection()
            source.backup(raw.driver_connection)  # type: ignore[arg-type]
            raw.close()

    def rows_of(self, *, team_id: str, user_id: str = "") -> dict[str, list[Any]]:
        """All rows of a workspace, or those that name one person in it, by table."""
        found: dict[str, list[Any]] = {}
        with closing(sqlite3.connect(str(self.db.engine.url.database))) as raw:
            for table in SQLModel.metadata.sorted_tables:
                query, given = f"SELECT * FROM {table.name} WHERE team_id = ?", [team_id]
                if user_id:
                    owners = [name for name in ("user_id", "asker_id", "author_id") if name in table.c]
                    if not owners or table.name in ("job", "outbox", "inbox", "denial"):
                        continue
                    query, given = f"{query} AND {owners[0]} = ?", [*given, user_id]
                found[table.name] = raw.execute(query, given).fetchall()
        return found


def named(listener: Listener) -> str:
    """What this listener's deliveries name; only buttons and forms carry ids of ours."""
    if listener.kind not in ("action", "submission"):
        return ""
    numbered = f"{listener.id.rpartition('_')[0]}_*"
    assert {listener.id, numbered} & set(KIND_OF), f"say in NAMES what {listener.id} names"
    return KIND_OF[listener.id] if listener.id in KIND_OF else KIND_OF[numbered]


def value_for(listener: Listener, number: int, user_id: str) -> str:
    fits = [one for one in VALUES if listener.id.startswith(one)]
    if named(listener) == "person":
        return user_id
    return VALUES[max(fits, key=len)](number) if fits else str(number)


def body_for(listener: Listener, user_id: str, number: int, delivery: int, user_team: str) -> dict[str, Any]:
    """A delivery as Slack makes it, with the same claimed id in every field that comes back from a client."""
    claimed = STRANGER if number <= 4 else OWNER
    memo: dict[str, Any] = dict.fromkeys(
        ("version_id", "feedback_id", "draft_id", "check_in_id", "round_id", "pulse_id", "last_id", "ask_id"), number
    )
    memo |= {"user_id": claimed, "nonce": f"n{delivery}", "version": 1, "page": 0}
    if listener.id == "expiry.renew":
        memo["version_id"] = str(number)
    if listener.id == "feedback.edit" or listener.id == "feedback.could_not_use":
        memo |= {"feedback_id": str(number), "version_id": str(number)}
    texts = WORDS | {"said": "A fine thing.", "answer0": "Better data.", "text": "words", "asset": str(number)}
    values = {name: {"text": {"type": "plain_text_input", "value": text}} for name, text in texts.items()}
    view = {
        "id": f"V{delivery}", "type": "modal", "callback_id": listener.id, "private_metadata": json.dumps(memo),
        "blocks": [{"type": "input", "block_id": name} for name in texts], "state": {"values": values},
    }  # fmt: skip
    user = {"id": user_id, "team_id": user_team, "name": "somebody"}
    action = {"action_id": listener.id, "action_ts": f"{delivery}.1", "value": value_for(listener, number, claimed)}
    channel, team = {"id": "C0OPEN"}, {"id": HOME}
    kinds: dict[str, dict[str, Any]] = {
        "command": {"command": listener.id.split()[0], "text": f"show {number}", "user_id": user_id, "team_id": HOME},
        "action": {"actions": [action], "user": user, "team": team, "channel": channel, "message": {"ts": "1.1"}},
        "submission": {"view": view, "user": user, "team": team},
        "shortcut": {"callback_id": listener.id, "action_ts": f"{delivery}.1", "user": user, "channel": channel},
        "options": {"action_id": listener.id, "value": "deck", "user": user},
        "event": {"event_id": f"E{delivery}", "event": {"type": listener.id, "user": user_id, "channel": "C0OPEN"}},
    }
    body = kinds[listener.kind] | {"trigger_id": f"t{delivery}"}
    if listener.kind == "action" and listener.id.split(".")[0] in ("pulse_form", "pulse_list", "check_in", "people"):
        body["view"] = view
    if listener.id == "feedback.send_to_marketing":
        body["message"] = {"ts": "1.1", "text": "words", "user": user_id}
    if listener.id.startswith("reaction"):
        item = {"type": "message", "channel": "C0OPEN", "ts": "1.1"}
        body["event"] |= {"reaction": "thumbsup", "item": item, "event_ts": f"{delivery}.2"}
    return body


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Company]:
    """The two workspaces, and a person for each role in ours."""
    folder = tmp_path_factory.mktemp("access")
    shutil.copy(migrated_file, folder / "a.db")
    db, screen = Database(f"sqlite:///{folder / 'a.db'}"), Screen()
    with db.begin() as session:
        for team_id, mark in ((AWAY, MARK_AWAY), (HOME, MARK)):
            workspace.record_workspace(session, team_id=team_id, name=mark, bot_user_id="UBOT", now=NOW)
            rows: list[tuple[str, tuple[str, ...]]] = [(f"U{role.upper()}", (role,)) for role in ROLES]
            rows = [(OWNER, ROLES), *(rows if team_id == HOME else [(STRANGER, ROLES)])]
            for user_id, roles in rows:
                name, department = (
                    f"{mark} person" if team_id == AWAY else user_id,
                    "sales" if roles == ROLES else "other",
                )
                people.record_person(
                    session, team_id=team_id, user_id=user_id, now=NOW, name=name, region="DACH", tz="UTC",
                    department=department,
                )  # fmt: skip
                people.record_roles(session, team_id=team_id, user_id=user_id, roles=frozenset(roles))
    ids = {
        AWAY: plant(db, team_id=AWAY, owner_id=OWNER, mark=MARK_AWAY, secret=MARK_AWAY, now=NOW),
        HOME: plant(db, team_id=HOME, owner_id=OWNER, mark=MARK, secret=SECRET, now=NOW),
    }
    outcomes: list[str] = []
    door = Door(
        settings=SETTINGS, db=db, client=screen, now=lambda: NOW, team_id=lambda: HOME,
        taken=lambda _kind, outcome, _seconds: outcomes.append(outcome),
    )  # fmt: skip
    pristine = folder / "pristine.db"
    with closing(sqlite3.connect(folder / "a.db")) as source, closing(sqlite3.connect(pristine)) as target:
        source.backup(target)
    company = Company(db, door, screen, ids, outcomes, pristine)
    company.away, company.ours = company.rows_of(team_id=AWAY), company.rows_of(team_id=HOME, user_id=OWNER)
    yield company
    door.close()
    db.close()


def words_of(seen: str, number: int) -> str:
    """What somebody reads of an answer: all but what only the app reads, and the id that they claimed themselves."""
    return re.sub(rf"\b{number}\b|nonce\W+\w+|\\?\"n?[\w-]{{16}}\\?\"", "#", seen)


def claims(company: Company, listener: Listener, role: str) -> list[int]:
    """The foreign ids that somebody tries: another workspace's and another person's, one of each where all may."""
    kind = named(listener)
    if not kind:
        return [2]
    away, ours = ([2], [6]) if kind == "person" else (company.ids[AWAY][kind], company.ids[HOME][kind])
    allowed, at = CAPABILITIES[listener.may], ROLES.index(role) % len(away)
    if role not in allowed:  # they do not come so far
        return [(away, ours)[ROLES.index(role) % 2][at]]
    return [*away, *ours] if len(allowed) < 4 else [away[at], ours[at]]


def may_read(company: Company, listener: Listener, role: str, number: int) -> bool:
    """Whether this role may read what is another's; what was promised to one manager nobody else reads."""
    found = next((roles for one, roles in READ_BY.items() if listener.id.startswith(one)), set[str]())
    return role in found and number != company.ids[HOME]["round"][3]


def try_cell(company: Company, listener: Listener, role: str, number: int, nowhere: list[tuple[str, str]]) -> None:
    """One cell: this role uses this listener and names this row."""
    cell, kind = f"{role} at {listener.kind} {listener.id} with {number}", named(listener)
    outcome, seen = company.deliver(listener, f"U{role.upper()}", number)
    assert outcome != "failed", cell
    assert MARK_AWAY not in seen, f"{cell}: another workspace's words"
    if role not in CAPABILITIES[listener.may]:
        assert outcome == "refused", cell
        assert NOT_FOUND in seen or listener.kind == "options", cell
    if not may_read(company, listener, role, number):
        assert SECRET not in seen, f"{cell}: another person's words"
    elif listener.id == "feedback.open":
        assert OWNER not in seen, f"{cell}: whose words they are"
    if role in CAPABILITIES[listener.may] and number in company.ids[AWAY].get(kind, ()):
        compare(company, listener, f"U{role.upper()}", number, (outcome, seen), nowhere)


def compare(
    company: Company,
    listener: Listener,
    user_id: str,
    number: int,
    got: tuple[str, str],
    nowhere: list[tuple[str, str]],
) -> None:
    """What is of another workspace reads as what is not there at all; `nowhere` is what others have heard of that."""
    told = got[0], words_of(got[1], number)
    if told not in nowhere:  # nearly always somebody has heard the same already
        outcome, seen = company.deliver(listener, user_id, NOWHERE)
        nowhere.append((outcome, words_of(seen, NOWHERE)))
    assert told in nowhere, f"{user_id} at {listener.id} with {number}: told from what is not there"


@pytest.mark.parametrize("listener", handlers.LISTENERS, ids=lambda one: f"{one.kind} {one.id}")
def test_every_role_at_every_listener_with_what_is_not_theirs(company: Company, listener: Listener) -> None:
    company.restore()
    nowhere: list[tuple[str, str]] = []
    for role in ROLES:
        for number in claims(company, listener, role):
            try_cell(company, listener, role, number, nowhere)
    assert company.rows_of(team_id=AWAY) == company.away
    rows = company.rows_of(team_id=HOME, user_id=OWNER)
    changed = {name for name in rows if rows[name] != company.ours[name]}
    assert changed <= ({"person", "role"} if named(listener) == "person" else set()), changed
    if kind := named(listener):  # the test could fail: whoever owns it is not refused
        tried = [6] if kind == "person" else company.ids[HOME][kind]
        company.restore()
        answers = [company.deliver(listener, OWNER, number) for number in tried]
        assert any(NOT_FOUND not in seen for _, seen in answers), answers
        for number in company.ids[AWAY].get(kind, ()):  # and what is theirs in the other workspace is not there in this
            got = company.deliver(listener, OWNER, number)
            assert MARK_AWAY not in got[1], number
            compare(company, listener, OWNER, number, got, [])


def listener_of(kind: str, name: str) -> Listener:
    return next(one for one in handlers.LISTENERS if (one.kind, one.id) == (kind, name))


def test_people_of_another_company_are_refused_everywhere(company: Company) -> None:
    company.restore()
    before = company.rows_of(team_id=HOME)
    pressed = [one for one in handlers.LISTENERS if one.kind in ("action", "submission", "shortcut")]
    for listener in pressed:
        outcome, seen = company.deliver(listener, OWNER, 5, user_team=AWAY)
        assert (outcome, OTHER_COMPANY in seen) == ("refused", True), listener.id
    after = company.rows_of(team_id=HOME)
    assert {name for name, rows in after.items() if rows != before[name]} == {"denial"}
    assert len(after["denial"]) == denial.MOST_A_PERSON


@pytest.mark.parametrize(
    ("kind", "name", "may", "told"),
    [
        ("action", "asset.burn", "", "The action asset.burn has no capability"),
        (
            "action",
            "asset.burn",
            "burn",
            "The action asset.burn has the capability “burn”, which is not in bot/access.py",
        ),
        ("dream", "asset.burn", "see_assets", "is of no kind that Slack knows"),
        ("action", "asset.show", "see_assets", "has two listeners"),
    ],
)
def test_a_listener_that_nobody_has_a_key_for_stops_the_start(
    company: Company, kind: Any, name: str, may: str, told: str
) -> None:
    wrong = Listener(kind, name, lambda _session, _act: Answer(), may=may)
    bolt = App(authorize=lambda **_: AuthorizeResult(enterprise_id=None, team_id=HOME))
    with pytest.raises(SettingsError) as refused:
        listen(bolt, company.door, (*handlers.LISTENERS, wrong))
    assert told in refused.value.lines[0]
    assert refused.value.lines[0].endswith("Nothing was started.")


def test_a_role_taken_away_while_the_form_is_open(company: Company) -> None:
    company.restore()
    form = listener_of("submission", "asset.edit")
    number = company.ids[HOME]["version"][0]
    with company.db.begin() as session:
        people.record_roles(session, team_id=HOME, user_id="UMARKETER", roles=frozenset({"rep"}), now=NOW)
    outcome, seen = company.deliver(form, "UMARKETER", number)
    assert outcome == "refused"
    assert NOT_FOUND in seen


@pytest.mark.parametrize(
    ("own_group", "user_group", "chosen", "told"),
    [
        ("everybody", None, [], "Please choose one of the three."),
        ("user_group", "S0AWAY", [], "Slack shows no such user group any more."),
        ("user_group", "", [], "Choose the user group"),
        ("people", None, ["U1", "nobody"], "Choose a person of this workspace."),
        ("people", None, ["UGONE"], "One of them was erased"),
        ("people", None, [], "Choose at least one person"),
        (
            "people",
            None,
            [f"U{number}" for number in range(101)],
            "Choose at most 100 people. A user group",
        ),
        ("people", None, ["U1", STRANGER], ""),  # Slack is asked who they are: until then they count nowhere
    ],
)
def test_an_own_group_that_no_form_offers_is_refused(
    company: Company, own_group: str, user_group: str | None, chosen: list[str], told: str
) -> None:
    company.restore()
    with company.db.begin() as session:
        user_groups.record_user_groups(session, team_id=AWAY, groups={"S0AWAY": MARK_AWAY})
        erased.record_erased(session, team_id=HOME, user_id="UGONE", now=NOW)
    form = listener_of("submission", "people.edit")
    body = body_for(form, "UADMIN", 5, 1, HOME)
    body["view"]["state"]["values"] |= {
        "roles": {"roles": {"type": "checkboxes", "selected_options": [{"value": "manager"}]}},
        "own_group": {"choice": {"type": "radio_buttons", "selected_option": {"value": own_group}}},
        "user_group": {"find": {"type": "external_select", "selected_option": {"value": user_group}}},
        "people": {"choice": {"type": "multi_users_select", "selected_users": chosen}},
    }
    answered = company.door.take(form, body, Ack())  # type: ignore[no-untyped-call]
    seen = json.dumps(answered.body, ensure_ascii=False)
    with company.db.read() as session:
        own = find_own_group(session, team_id=HOME, manager_id=OWNER)
        assert own
        assert (own.kind, own_groups.count_people(session, own) > 0) == (
            ("people", False) if not told else ("place", True)
        )
    assert told in seen
    assert ("Saved." in seen) == (not told)


def test_refusals_are_on_record_with_a_limit_and_their_count_is_in_the_trail(company: Company) -> None:
    company.restore()
    refused = listener_of("action", "people.open")
    for _ in range(denial.MOST_A_ROW + 5):
        company.deliver(refused, "UREP", 5)
    company.deliver(listener_of("action", "thread.read"), "UREP", 5)  # not there for them: it counts, too
    company.deliver(listener_of("command", "/pulse"), "UREP", 5)
    for answer in (3, 5):  # of an anonymous pulse: not even of what is not there does a row say which was pressed
        company.deliver(listener_of("action", f"pulse.cast_{answer}"), "UREP", company.ids[AWAY]["pulse"][3])
    with company.db.read() as session:
        kept = {row.wanted: row.times for row in session.exec(select(denial.Denial))}
    assert kept == {
        "action people.open": denial.MOST_A_ROW, "action thread.read": 1, "command /pulse": 1, "action pulse.cast": 2,
    }  # fmt: skip
    tomorrow = NOW + timedelta(days=1)
    assert run_due(company.db, HOME, NOW, SETTINGS) == 0  # the day is not over
    assert [run_due(company.db, HOME, tomorrow, SETTINGS) for _ in range(2)] == [1, 0]
    with company.db.read() as session:
        (entry,) = audit_reading.list_entries(session, team_id=HOME, limit=1)
    assert (entry.deed, entry.after) == ("access.denied", {"people": 1, "times": denial.MOST_A_ROW + 4})
    run_due(company.db, HOME, NOW + denial.KEPT_FOR + timedelta(days=2), SETTINGS)
    company.deliver(refused, "UREP", 5)


def test_everybody_reads_their_own_lines_of_the_trail_and_compliance_and_admins_all(company: Company) -> None:
    company.restore()
    with company.db.begin() as session:
        for number in range(12):
            told: dict[str, Any] = {"deed": "asset.renewed", "subject": f"asset N{number} v1", "now": NOW}
            audit.record(session, team_id=HOME, by="UMARKETER", **told)
        audit.record(session, team_id=AWAY, by=STRANGER, deed="asset.added", subject=f"asset {MARK_AWAY} v1", now=NOW)
        people.change_roles(
            session, team_id=HOME, user_id="UREP", roles=frozenset({"rep", "manager"}), admins=frozenset({OWNER}),
            now=NOW, by="UADMIN",
        )  # fmt: skip
    command, older = listener_of("command", "/groundswell audit"), listener_of("action", "audit.next")
    for role in ROLES:
        _, seen = company.deliver(command, f"U{role.upper()}", 1)
        _, page = company.deliver(older, f"U{role.upper()}", 1)
        is_whole = role in ("compliance", "admin")
        assert ("asset N11 v1" in seen) == (is_whole or role == "marketer"), role
        assert ("asset N1 v1" in page) == (is_whole or role == "marketer"), role
        assert ("roles: rep → manager, rep" in seen) == (is_whole or role == "rep"), role
        assert MARK_AWAY not in seen
        if role == "rep":
            assert "*UADMIN* changed your roles" in seen
