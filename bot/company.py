"""A company brought into the tables from a folder, as if its people had used Groundswell for months."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.domain.feedback import FeedbackFields, check_feedback_fields
from bot.domain.text import clean, clip, plain
from bot.errors import SettingsError
from storage import asset, asset_import, people, welcome
from storage.feedback import SOURCES, Feedback, add_feedback, add_reply

REPLY_HOURS = 48  # how long an owner has for the first reply in a company's past
MOST_LINES = 20  # of what is wrong; more help nobody
# A remark out of a thread came to marketing as a message that was sent there.
_SOURCES = {source: source for source in SOURCES} | {"thread": "shortcut"}


def load_company(session: Session, *, folder: Path, team_id: str, now: datetime) -> None:
    """Read people.csv and, where they are there, assets.csv, feedback.jsonl and replies.jsonl into the tables.

    Texts are screened and reply clocks run as if all this had been typed in Slack; nobody is written to. The files'
    format stands in sandbox/company/README.md.

    Raises:
        SettingsError: a file is missing or wrong, a sentence for each bad line; the transaction must be given up.
    """
    if not folder.is_dir():
        raise SettingsError([f"There is no folder {folder}."])
    _load_people(session, folder / "people.csv", team_id, now)
    if (folder / "assets.csv").exists():
        _load_assets(session, folder / "assets.csv", team_id, now)
    rows = _load_feedback(session, folder / "feedback.jsonl", team_id)
    _load_replies(session, folder / "replies.jsonl", team_id, rows)


def _load_people(session: Session, path: Path, team_id: str, now: datetime) -> None:
    done = people.import_people(session, team_id=team_id, text=_read(path), now=now, all_or_nothing=True)
    _refuse([f"{path}, line {bad.line}: {bad.sentence}" for bad in done.problems])
    welcome.record_all_met(session, team_id=team_id, now=now)


def _load_assets(session: Session, path: Path, team_id: str, now: datetime) -> None:
    text = _read(path)
    staff = [
        one for role in ("marketer", "admin", None) for one in people.list_people(session, team_id=team_id, role=role)
    ]
    by = staff[0].user_id  # owns what names no owner
    done = asset_import.import_assets(session, team_id=team_id, text=text, now=now, by=by, all_or_nothing=True)
    _refuse([f"{path}, line {bad.line}: {bad.sentence}" for bad in done.problems])


def _load_feedback(session: Session, path: Path, team_id: str) -> dict[str, Feedback]:
    """Keep the feedback; gives its rows by the ids of the file."""
    everybody = people.list_people(session, team_id=team_id)
    known, names = ({one.user_id: getattr(one, what) for one in everybody} for what in ("region", "name"))
    cards = asset.list_cards(session, team_id=team_id)
    versions = {(card.reference, card.version): card.version_id for card in cards}
    rows: dict[str, Feedback] = {}
    wrong: list[str] = []
    for at_line, line in _lines(path, wrong):
        try:
            name = _text(line, "id")
            if name in rows:
                raise ValueError(f"the id “{clip(name, 40)}” is there twice.")
            person = _member(line, known)
            source = _SOURCES.get(_text(line, "source"))
            if source is None:
                raise ValueError(f"“{clip(_text(line, 'source'), 40)}” is no source; they are {', '.join(_SOURCES)}.")
            fields, at = _fields(line, versions, names), _moment(line)
        except ValueError as error:
            wrong.append(f"{at_line}: {error}")
            continue
        rows[name] = add_feedback(
            session, team_id=team_id, user_id=person, region=known[person], source=source, fields=fields, now=at,
            reply_hours=REPLY_HOURS,
        )  # fmt: skip
    _refuse(wrong)
    return rows


def _load_replies(session: Session, path: Path, team_id: str, rows: dict[str, Feedback]) -> None:
    known = {person.user_id: "" for person in people.list_people(session, team_id=team_id)}
    wrong: list[str] = []
    for at_line, line in _lines(path, wrong):
        try:
            row = rows.get(_text(line, "feedback"))
            if row is None:
                raise ValueError(f"there is no feedback with the id “{clip(_text(line, 'feedback'), 40)}”.")
            person, text, at = _member(line, known), clean(_text(line, "text")), _moment(line)
        except ValueError as error:
            wrong.append(f"{at_line}: {error}")
            continue
        add_reply(session, row, user_id=person, text=text, now=at)
    _refuse(wrong)


def _fields(line: dict[str, Any], versions: dict[tuple[str, str], int], names: dict[str, str]) -> FeedbackFields:
    text = _text(line, "text", default="")
    about, version_id = line.get("asset"), None
    if about is not None:
        if not isinstance(about, dict):
            raise ValueError("asset must be null or have a reference and a version.")
        reference, version = str(about.get("reference")), str(about.get("version"))
        version_id = versions.get((reference, version))
        if version_id is None:
            raise ValueError(f"there is no asset {clip(reference, 40)} {clip(version, 20)} in assets.csv.")
    rating = line.get("rating")
    if rating is not None and type(rating) is not int:
        raise ValueError("rating must be a whole number from 1 to 5, or null.")
    fields = FeedbackFields(
        asset_version_id=version_id,
        situation=_choice(line, "situation"),
        use=_choice(line, "use"),
        rating=rating,
        outcome=_choice(line, "outcome"),
        said=clean(plain(text, names) if line.get("source") == "thread" else text),
    )
    # What an asset has not been found for yet is kept all the same: a message in Slack may name none.
    problems = {name: sentence for name, sentence in check_feedback_fields(fields).items() if name != "asset"}
    if problems:
        name, sentence = next(iter(problems.items()))
        raise ValueError(f"{'text' if name == 'said' else name}: {sentence}")
    return fields


def _choice(line: dict[str, Any], name: str) -> str | None:
    return None if line.get(name) is None else _text(line, name)


def _member(line: dict[str, Any], known: dict[str, str]) -> str:
    person = _text(line, "person")
    if person not in known:
        raise ValueError(f"“{clip(person, 40)}” is not in people.csv.")
    return person


def _moment(line: dict[str, Any]) -> datetime:
    words = _text(line, "at")
    try:
        moment = datetime.fromisoformat(words)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        shown = clip(words, 40)
        raise ValueError(f"“{shown}” is not a moment with its zone, such as 2026-11-23T07:00:00Z.") from None


def _text(line: dict[str, Any], name: str, default: str | None = None) -> str:
    value = line.get(name, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ValueError(f"{name} is missing or is no text.")
    return value


def _lines(path: Path, wrong: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSONL file and where each stands; lines that are none are added to `wrong`."""
    if not path.exists():
        return
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            wrong.append(f"{path}, line {number}: not valid JSON.")
            continue
        if isinstance(value, dict):
            yield f"{path}, line {number}", value
        else:
            wrong.append(f"{path}, line {number}: must be one object in braces.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError([f"{path} is missing."]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{path} is not written in UTF-8."]) from None
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror or error}."]) from None


def _refuse(wrong: list[str]) -> None:
    if len(wrong) > MOST_LINES:
        wrong = [*wrong[:MOST_LINES], f"… and {len(wrong) - MOST_LINES} more lines like these."]
    if wrong:
        raise SettingsError(wrong)
