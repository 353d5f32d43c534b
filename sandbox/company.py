"""A company for the workspace, read from a folder: its people, its channels and what has been said in them."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.company_channels import Channel, CompanyError, read_channels, text_of

COLUMNS = ("slack_id", "name", "department", "role", "region", "tz")
TS = re.compile(r"\d{10}\.\d{6}")
TITLES = {
    ("sales", "rep"): "Sales representative",
    ("sales", "manager"): "Sales manager",
    ("marketing", "marketer"): "Marketing",
    ("marketing", "manager"): "Marketing manager",
    ("marketing", "admin"): "Marketing operations",
    ("regulatory", "compliance"): "Regulatory affairs",
    ("executive", "executive"): "Executive team",
}


@dataclass(frozen=True)
class Person:
    """Somebody who works there; `role` and `department` are the words of people.csv."""

    id: str
    name: str
    department: str
    role: str
    region: str
    tz: str
    title: str
    email: str


@dataclass(frozen=True)
class Message:
    """Something said before the clock starts; `thread_ts` is its own ts at the head of a thread, or empty."""

    channel_id: str
    ts: str
    user: str
    text: str
    thread_ts: str = ""


@dataclass(frozen=True)
class Company:
    """A whole workspace at `start`, an aware moment in UTC; messages are in the order of their ts."""

    team_id: str
    team_name: str
    team_domain: str
    start: datetime
    people: tuple[Person, ...]
    channels: tuple[Channel, ...]
    messages: tuple[Message, ...]


def load_company(folder: Path | str) -> Company:
    """Read people.csv, threads/*.json and, where there is one, company.json.

    Raises:
        CompanyError: a file is missing or wrong; the sentence names the file and, where it can, the line.
    """
    home = Path(folder)
    if not home.is_dir():
        raise CompanyError(f"There is no folder {home}.")
    about = _read_json(home / "company.json") if (home / "company.json").exists() else {}
    if not isinstance(about, dict):
        raise CompanyError(f"{home / 'company.json'} must hold one object.")
    domain = text_of(about, "domain", home / "company.json", default="company")
    people = _read_people(home / "people.csv", domain)
    threads = [(path, _read_thread(path)) for path in _thread_files(home)]
    channels = read_channels(home / "company.json", about, people, threads)
    ids = {person.id for person in people}
    messages = [message for path, thread in threads for message in _thread_messages(path, thread, ids)]
    messages += _plain_messages(home / "company.json", about, channels, ids)
    messages.sort(key=lambda message: message.ts)
    _check_distinct(home, messages)
    return Company(
        team_id=text_of(about, "team_id", home / "company.json", default="T0COMPANY1"),
        team_name=text_of(about, "name", home / "company.json", default=home.resolve().name.replace("_", " ").title()),
        team_domain=domain,
        start=_start(home / "company.json", about, messages),
        people=people,
        channels=channels,
        messages=tuple(messages),
    )


def user_groups_of(company: Company) -> dict[str, tuple[str, list[str]]]:
    """Slack's user groups at the start, ids with names and members: one for each role that several people have."""
    by_role: dict[str, list[str]] = {}
    for one in company.people:
        if one.role:
            by_role.setdefault(one.role, []).append(one.id)
    return {
        f"S0{role.upper()}": ("Compliance" if role == "compliance" else f"All {role}s", members)
        for role, members in by_role.items()
        if len(members) > 1
    }


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CompanyError(f"{path} is missing.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CompanyError(f"{path} cannot be read as UTF-8 text: {error}.") from None


def _read_json(path: Path) -> Any:
    try:
        return json.loads(_read_text(path))
    except json.JSONDecodeError as error:
        raise CompanyError(f"{path}, line {error.lineno}: not valid JSON ({error.msg}).") from None


def _read_people(path: Path, domain: str) -> tuple[Person, ...]:
    reader = csv.DictReader(_read_text(path).splitlines())
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise CompanyError(f"{path}, line 1: the column {missing[0]} is missing.")
    people: dict[str, Person] = {}
    for row in reader:
        at = f"{path}, line {reader.line_num}"
        person = _person(row, at, domain)
        if person.id in people:
            raise CompanyError(f"{at}: {person.id} is there twice.")
        people[person.id] = person
    if not people:
        raise CompanyError(f"{path} names nobody.")
    return tuple(people.values())


def _person(row: Mapping[str, str | None], at: str, domain: str) -> Person:
    told = {name: (row.get(name) or "").strip() for name in (*COLUMNS, "title", "email")}
    if not re.fullmatch(r"[UW][A-Z0-9]{2,20}", told["slack_id"]):
        raise CompanyError(f"{at}: “{told['slack_id']}” is not a Slack user id such as U0123ABCD.")
    if not told["name"]:
        raise CompanyError(f"{at}: the name is missing.")
    try:
        ZoneInfo(told["tz"])
    except (ValueError, OSError, LookupError):
        raise CompanyError(f"{at}: “{told['tz']}” is not a time zone such as Europe/Berlin.") from None
    job = TITLES.get((told["department"], told["role"]), told["role"].capitalize())
    return Person(
        id=told["slack_id"],
        name=told["name"],
        department=told["department"],
        role=told["role"],
        region=told["region"],
        tz=told["tz"],
        title=told["title"] or ", ".join(part for part in (job, told["region"]) if part),
        email=told["email"] or f"{_mailbox(told['name'])}@{domain}.example",
    )


def _mailbox(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(re.findall(r"[a-z0-9-]+", plain)) or "person"


def _thread_files(home: Path) -> list[Path]:
    return sorted(path for path in (home / "threads").glob("*.json") if not path.name.endswith(".gold.json"))


def _read_thread(path: Path) -> dict[str, Any]:
    thread: dict[str, Any] = _read_json(path)
    channel = thread.get("channel") if isinstance(thread, dict) else None
    if not isinstance(channel, dict) or not isinstance(thread.get("messages"), list):
        raise CompanyError(f"{path} must have a channel with id and name, and a list of messages.")
    for name in ("id", "name"):
        if not isinstance(channel.get(name), str) or not channel[name]:
            raise CompanyError(f"{path}: the channel's {name} is missing.")
    return thread


def _thread_messages(path: Path, thread: Mapping[str, Any], people: set[str]) -> Iterable[Message]:
    for n, one in enumerate(thread["messages"], start=1):
        at = f"{path}, message {n}"
        if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in ("ts", "user", "text")):
            raise CompanyError(f"{at}: needs ts, user and text.")
        if not TS.fullmatch(one["ts"]):
            raise CompanyError(f"{at}: “{one['ts']}” is not a Slack timestamp such as 1794907861.000137.")
        if one["user"] not in people:
            raise CompanyError(f"{at}: {one['user']} is not in people.csv.")
        thread_ts = one.get("thread_ts") or thread.get("thread_ts") or ""
        yield Message(thread["channel"]["id"], one["ts"], one["user"], one["text"], str(thread_ts))


def _plain_messages(
    path: Path, about: Mapping[str, Any], channels: Iterable[Channel], people: set[str]
) -> Iterable[Message]:
    ids = {channel.name: channel.id for channel in channels}
    told = about.get("messages") or []
    if not isinstance(told, list):
        raise CompanyError(f"{path}: messages must be a list.")
    for n, one in enumerate(told, start=1):
        at = f"{path}, message {n}"
        if not isinstance(one, dict) or not all(isinstance(one.get(x), str) for x in ("channel", "user", "at", "text")):
            raise CompanyError(f"{at}: needs channel, user, at and text.")
        if one["channel"] not in ids:
            raise CompanyError(f"{at}: there is no channel {one['channel']}.")
        if one["user"] not in people:
            raise CompanyError(f"{at}: {one['user']} is not in people.csv.")
        moment = _moment(one["at"], at)
        yield Message(ids[one["channel"]], f"{int(moment.timestamp())}.{n:06d}", one["user"], one["text"])


def _moment(words: str, at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(words)
        if moment.tzinfo is None:
            raise ValueError
    except ValueError:
        raise CompanyError(f"{at}: “{words}” is not a moment with its zone, such as 2026-11-23T07:00:00Z.") from None
    return moment.astimezone(UTC)


def _check_distinct(home: Path, messages: Iterable[Message]) -> None:
    seen: set[tuple[str, str]] = set()
    for one in messages:
        if (one.channel_id, one.ts) in seen:
            raise CompanyError(f"{home}: two messages in one channel have the timestamp {one.ts}.")
        seen.add((one.channel_id, one.ts))


def _start(path: Path, about: Mapping[str, Any], messages: list[Message]) -> datetime:
    """The company's "today"; without one it is now, or just after its last message if that is later."""
    last = datetime.fromtimestamp(float(messages[-1].ts), UTC) if messages else datetime.min.replace(tzinfo=UTC)
    if "today" not in about:
        return max(datetime.now(UTC), last + timedelta(seconds=1) if messages else last)
    start = _moment(text_of(about, "today", path), f"{path}, today")
    if last > start:
        raise CompanyError(f"{path}: today is {start.isoformat()}, but there is a message of {last.isoformat()}.")
    return start
