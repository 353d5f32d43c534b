"""People on the screen: the help, the list with its pages, the form for one person, and the form for a pasted list."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.domain.csv_list import BadLine
from bot.domain.people import DEPARTMENT_LABELS, REGION, ROLE_LABELS
from bot.domain.text import clip, count, inert
from bot.views import kit

COMMAND = "/groundswell"
OPEN = "people.open"
LIST = "people.list"
PREVIOUS = "people.previous"
NEXT = "people.next"
PICK = "people.pick"
EDIT = "people.edit"
BACK = "people.back"
IMPORT = "people.import"

PAGE_SIZE = 10
SHOWN_PROBLEMS = 12
KEEP_GOOD, ALL_OR_NOTHING = "good", "all"
KEEP_LABELS = {KEEP_GOOD: "Save the good lines, show me the bad ones", ALL_OR_NOTHING: "Save all lines or none"}
COLUMNS_HINT = (
    "The first line names the columns: slack_id or name, then any of department, role, region, tz, working_hours. "
    "Commas, semicolons or tabs; several roles as marketer/manager. Names and time zones that Slack tells come first. "
    "A longer list goes in from the command line: python -m bot people FILE"
)
HOURS_HINT = "Like 09:00-17:00, or 22:00-06:00 for a night shift. Empty: the usual ones of this workspace."
EXAMPLE = "name,department,role,region,tz\nDre Hollowell,sales,rep,US-East,America/New_York"


@dataclass(frozen=True)
class PersonCard:
    """A person as the admin's forms show them."""

    user_id: str
    name: str
    roles: frozenset[str]
    department: str
    region: str
    tz: str
    working_hours: str

    @property
    def called(self) -> str:
        """The name as mrkdwn; where the app knows none, Slack puts it in."""
        return inert(clip(self.name, 80)) if self.name else f"<@{self.user_id}>"


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list: the people on it, how many there are in all, and what was searched for."""

    people: list[PersonCard]
    total: int
    page: int
    search: str = ""


def only_an_admin(names: list[str]) -> str:
    """What somebody hears who may not change people."""
    if not names:
        return (
            "Only an admin can change that, and nobody is one yet. "
            "Whoever runs Groundswell names the first admin in its settings (ADMIN_USER_IDS)."
        )
    shown = ", ".join(inert(clip(name, 80)) for name in names[:10])
    return f"Only an admin can change that. Yours {'are' if len(names) > 1 else 'is'}: {shown}."


def people_modal(page: PeoplePage, notice: str = "") -> dict[str, Any]:
    """The list of people; `notice` (mrkdwn) says what has just happened."""
    blocks: list[dict[str, Any]] = [kit.section(notice)] if notice else []
    pick = {"type": "users_select", "action_id": PICK, "placeholder": kit.plain("Choose a person", kit.PLACEHOLDER)}
    blocks += [
        kit.section("Choose anybody of your workspace:", accessory=pick, block_id="pick"),
        _input("search", "Or search by name or region", _text(page.search, limit=60), optional=True),
        kit.context(_found(page)),
        *(_person(person) for person in page.people),
    ]
    buttons = []
    if page.page > 0:
        buttons.append(kit.button("Previous", PREVIOUS, str(page.page - 1)))
    if (page.page + 1) * PAGE_SIZE < page.total:
        buttons.append(kit.button("Next", NEXT, str(page.page + 1)))
    blocks.append({"type": "actions", "elements": [*buttons, kit.button("Import CSV", IMPORT)]})
    view = _modal(LIST, "People", "Search", blocks)
    return kit.with_memo(view, page=page.page, search=page.search)


def person_modal(
    person: PersonCard, *, page: int, search: str, always_admin: bool, own_group: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The form for one person; `page` and `search` lead back to where the list was, `own_group` is a manager's."""
    told = f"*{person.called}*"
    if always_admin:
        told += "\nNamed as an admin in the settings, and stays one whatever is chosen here."
    roles = _options(ROLE_LABELS)
    held = [option for option in roles if option["value"] in person.roles]
    boxes: dict[str, Any] = {"type": "checkboxes", "action_id": "roles", "options": roles}
    departments = _options(DEPARTMENT_LABELS)
    at = next((option for option in departments if option["value"] == person.department), departments[-1])
    select = {"type": "static_select", "action_id": "department", "options": departments, "initial_option": at}
    zone_hint = "Like Europe/Berlin. For people of whom Slack tells none: each night Slack's own takes its place."
    blocks = [
        kit.section(told),
        _input("roles", "Roles", boxes | ({"initial_options": held} if held else {}), optional=True),
        _input("department", "Department", select),
        _input("region", "Region", _text(person.region, limit=REGION), optional=True),
        *own_group,
        _input("tz", "Time zone", _text(person.tz, limit=60), hint=zone_hint, optional=True),
        _input(
            "working_hours",
            "Working hours",
            _text(person.working_hours, limit=20),
            hint=HOURS_HINT,
            optional=True,
        ),
        {"type": "actions", "elements": [kit.button("Back to the list", BACK)]},
    ]
    view = _modal(EDIT, "Edit a person", "Save", blocks)
    return kit.with_memo(view, user_id=person.user_id, page=page, search=search)


def import_modal(pasted: str = "", keep: str = KEEP_GOOD, notice: str = "", attempt: int = 0) -> dict[str, Any]:
    """The form for a pasted list; `pasted` is what is tried again, `notice` (mrkdwn) what became of the last try.

    Slack keeps what stands in a field whose ids stay the same: each `attempt` has a field of its own.
    """
    choices = _options(KEEP_LABELS)
    chosen = next((option for option in choices if option["value"] == keep), choices[0])
    radio = {"type": "radio_buttons", "action_id": "keep", "options": choices, "initial_option": chosen}
    area = _text(pasted, limit=kit.INPUT, multiline=True, placeholder=kit.plain(EXAMPLE, kit.PLACEHOLDER))
    area["action_id"] = f"text{attempt}"
    blocks = [
        *([kit.section(notice)] if notice else []),
        _input("csv", "People, one a line", area, hint=COLUMNS_HINT),
        _input("keep", "If a line is bad", radio),
        {"type": "actions", "elements": [kit.button("Back to the list", BACK)]},
    ]
    return kit.with_memo(_modal(IMPORT, "Import people", "Import", blocks), attempt=attempt)


def problem_lines(problems: list[BadLine]) -> str:
    """Bad lines, one sentence each, as plain text; the first dozen of them."""
    lines = [f"Line {bad.line}: {bad.sentence}" for bad in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"… and {len(problems) - SHOWN_PROBLEMS} more.")
    return "\n".join(lines)


def import_notice(saved: int, problems: list[BadLine]) -> str:
    """What became of a list, as mrkdwn."""
    done = f"{count(saved, 'person is', 'people are')} saved."
    if not problems:
        return done
    return f"{done} These lines of your list are not, and wait below to be mended:\n{inert(problem_lines(problems))}"


def _found(page: PeoplePage) -> str:
    if page.search and not page.total:
        return f"Nobody fits “{inert(clip(page.search, 60))}”."
    pages = max(1, -(-page.total // PAGE_SIZE))
    fits = f" fit “{inert(clip(page.search, 60))}”" if page.search else ""
    return f"{count(page.total, 'person', 'people')}{fits}, page {page.page + 1} of {pages}."


def _person(person: PersonCard) -> dict[str, Any]:
    roles = ", ".join(label for role, label in ROLE_LABELS.items() if role in person.roles)
    facts = [roles, DEPARTMENT_LABELS.get(person.department, ""), person.region, person.tz]
    told = f"*{person.called}*\n{' · '.join(inert(clip(fact, 80)) for fact in facts if fact)}"
    return kit.section(told, accessory=kit.button("Edit", EDIT, person.user_id))


def _options(labels: dict[str, str]) -> list[dict[str, Any]]:
    return [{"text": kit.plain(label, kit.OPTION), "value": value} for value, label in labels.items()]


def _text(value: str, *, limit: int, multiline: bool = False, **more: Any) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "text", "max_length": limit, **more}
    if multiline:
        element["multiline"] = True
    if value:
        element["initial_value"] = clip(value, limit)
    return element


def _input(
    block_id: str, label: str, element: dict[str, Any], hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": kit.plain(label, 150), "element": element}
    if hint:
        block["hint"] = kit.plain(hint, 2000)
    return block | {"optional": optional}


def _modal(callback_id: str, title: str, submit: str, blocks: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": kit.plain(title, kit.TITLE),
        "submit": kit.plain(submit, kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": list(blocks),
    }
