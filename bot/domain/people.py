"""People as an administrator describes them: the words for roles and departments, and lists pasted as CSV."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.domain.csv_list import BadLine, CsvList, read_csv_list
from bot.domain.text import clean, clip
from bot.domain.working_time import parse_hours

ROLE_LABELS = {
    "rep": "Rep",
    "marketer": "Marketer",
    "manager": "Manager",
    "executive": "Executive",
    "compliance": "Compliance",
    "admin": "Admin",
}
DEPARTMENT_LABELS = {
    "sales": "Sales",
    "marketing": "Marketing",
    "regulatory": "Regulatory",
    "executive": "Executive",
    "other": "Other",
}
NAME = 80  # characters; Slack's own limit for a real name
REGION = 60
LONGEST_NIGHT = 14 * 60  # minutes; "17:00-09:00" is no night shift but the wrong way round

COLUMNS = {
    "user_id": "user_id", "slack_id": "user_id", "member_id": "user_id", "id": "user_id",
    "name": "name", "full_name": "name", "department": "department", "role": "roles", "roles": "roles",
    "region": "region", "tz": "tz", "time_zone": "tz", "timezone": "tz", "working_hours": "working_hours",
    "hours": "working_hours",
}  # fmt: skip
_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
NO_HEADER = (
    "The first line must name the columns: slack_id or name, and any of department, role, region, tz, working_hours."
)


@dataclass(frozen=True)
class PersonLine:
    """One good line of a list. What is None was not told and stays as it is; `user_id` is "" where a name stands."""

    line: int
    user_id: str
    name: str
    department: str | None = None
    roles: frozenset[str] | None = None
    region: str | None = None
    tz: str | None = None
    working_hours: str | None = None

    @property
    def facts(self) -> dict[str, str]:
        """What is told of the person besides their roles."""
        told = {"department": self.department, "region": self.region, "tz": self.tz}
        told |= {"working_hours": self.working_hours, "name": self.name if self.user_id else None}
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True)
class PeopleReading:
    """A pasted list of people: the lines that can be taken, and those that cannot."""

    people: list[PersonLine] = field(default_factory=list)
    problems: list[BadLine] = field(default_factory=list)
    source: CsvList = field(default_factory=CsvList)

    def again(self, problems: list[BadLine]) -> str:
        """The header and the bad lines as they were pasted, for another try."""
        return self.source.again(problems)


def read_tz(value: str) -> str:
    """A time zone's IANA name as it is spelled.

    Raises:
        ValueError: with a sentence, there is no such zone.
    """
    name = clean(value).replace(" ", "_")
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        shown = clip(clean(value), 40)
        raise ValueError(f"“{shown}” is no time zone that I know; write it like Europe/Berlin.") from None


def read_working_hours(value: str) -> str:
    """Working hours in one form, "09:00-17:00"; a shift may end after midnight.

    Raises:
        ValueError: with a sentence, they are no working hours.
    """
    try:
        hours = parse_hours(clean(value))
    except ValueError:
        raise ValueError("Working hours look like 09:00-17:00; a night shift like 22:00-06:00.") from None
    if hours.is_night and hours.length > LONGEST_NIGHT:
        raise ValueError(f"Working hours have the start before the end; {hours} would be a very long night shift.")
    return str(hours)


def read_roles(value: str) -> frozenset[str]:
    """One or several roles, separated by a comma, semicolon, slash or "and".

    Raises:
        ValueError: with a sentence, one of them is no role.
    """
    words = [word.strip().lower() for word in re.split(r"[,;/|+&]|\band\b", clean(value)) if word.strip()]
    wrong = [word for word in words if word not in ROLE_LABELS]
    if wrong:
        raise ValueError(f"“{clip(wrong[0], 40)}” is no role; the roles are {', '.join(ROLE_LABELS)}.")
    return frozenset(words)


def read_department(value: str) -> str:
    """A department.

    Raises:
        ValueError: with a sentence, there is no such department.
    """
    word = clean(value).lower()
    if word not in DEPARTMENT_LABELS:
        shown = clip(clean(value), 40)
        raise ValueError(f"“{shown}” is no department; the departments are {', '.join(DEPARTMENT_LABELS)}.")
    return word


def read_people_csv(text: str) -> PeopleReading:
    """Read a list of people, separated by commas, semicolons or tabs, its first line naming the columns.

    Columns that mean nothing here are passed over. A bad line never stops the good ones.
    """
    read = read_csv_list(text, COLUMNS)
    if read.header and not read.columns & {"user_id", "name"}:
        return PeopleReading(problems=[BadLine(read.header_line, NO_HEADER)], source=read)
    reading = PeopleReading(problems=list(read.problems), source=read)
    seen: dict[str, int] = {}
    for number, told in read.rows.items():
        try:
            person = _read_line(number, told)
            who = person.user_id or person.name.casefold()
            if who in seen:
                raise ValueError(f"This is the same person as in line {seen[who]}.")
        except ValueError as error:
            reading.problems.append(BadLine(number, str(error)))
        else:
            seen[who] = number
            reading.people.append(person)
    if not reading.people and not reading.problems:
        reading.problems.append(BadLine(read.header_line, "There are columns, and nobody under them."))
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


def _read_line(number: int, told: dict[str, str]) -> PersonLine:
    user_id = told.get("user_id", "").strip("<@>").upper()
    if user_id and not _MEMBER_ID.fullmatch(user_id):
        raise ValueError(f"“{clip(told['user_id'], 40)}” is no Slack member id; it looks like U0123ABCD.")
    if not user_id and "name" not in told:
        raise ValueError("It says neither who (slack_id) nor a name.")
    return PersonLine(
        line=number,
        user_id=user_id,
        name=_short(told.get("name", ""), NAME, "name"),
        department=read_department(told["department"]) if "department" in told else None,
        roles=read_roles(told["roles"]) if "roles" in told else None,
        region=_short(told["region"], REGION, "region") if "region" in told else None,
        tz=read_tz(told["tz"]) if "tz" in told else None,
        working_hours=read_working_hours(told["working_hours"]) if "working_hours" in told else None,
    )


def _short(value: str, limit: int, what: str) -> str:
    value = " ".join(value.split())
    if len(value) > limit:
        raise ValueError(f"The {what} is too long: {len(value)} characters, {limit} is the most.")
    return value


def role_words(roles: frozenset[str]) -> str:
    """Roles in a sentence: "a marketer and a manager"."""
    articles = {"compliance": "in compliance", "executive": "an executive", "admin": "an admin"}
    words = [articles.get(role, f"a {role}") for role in ROLE_LABELS if role in roles]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _meanings(added: frozenset[str], removed: frozenset[str]) -> Iterator[str]:
    if "marketer" in added:
        yield "The weekly digest comes to you on Mondays at 09:00 your time, and you can add assets with `/asset add`."
    if "manager" in added:
        yield "You can ask your own group again and again with `/check-in`."
    if "admin" in added:
        yield "You can set everybody's role with `/groundswell people`."
    if "marketer" in removed:
        yield "The weekly digest no longer comes to you."


def role_change(before: frozenset[str], after: frozenset[str]) -> str:
    """What a person is told when their roles change, as mrkdwn; "" where nothing did."""
    added, removed = after - before, before - after
    if not added and not removed:
        return ""
    parts = []
    if added:
        parts.append(f"You are now {role_words(added)}.")
    if lost := removed - {"rep"}:
        parts.append(f"You are no longer {role_words(lost)}.")
    return " ".join([*parts, *_meanings(added, removed)])
