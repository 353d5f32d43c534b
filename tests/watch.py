"""What is looked at after every test through the front door: what went out, and what was logged."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain.asset import AssetFields
from bot.domain.feedback import FeedbackFields
from storage import asset, feedback, people, workspace

OTHER_TEAM = "T0OTHER"
CANARY = "canary in another mine"
SECRETS = ("xoxb-sandbox", "xapp-sandbox", "sandbox-signing-secret")
SEQUENCE = re.compile(r"<([^<>]*)>")
MINTED = re.compile(
    r"!date\^\d+\^[^|<>]*\|[^<>]*"  # a moment, shown in the reader's zone
    r"|#C[A-Z0-9]+"  # a channel that somebody chose in a form
    r"|@[UW][A-Z0-9]+"  # a member of the workspace: checked against those who exist
    r"|https?://[^\s|<>]+(?:\|[^<>]*)?"  # a link: checked against the hosts that are ours
)
SPOKEN = 12  # a text with a space and at least as many characters is somebody's words, and no id or command


def plant_canaries(session: Session, now: datetime) -> None:
    """Another workspace in the same database, of which nothing may ever be seen."""
    team_id = OTHER_TEAM
    workspace.record_workspace(session, team_id=team_id, name=CANARY, bot_user_id="U0OTHERBOT", now=now)
    for user_id, role in (("U0OTHER1", "marketer"), ("U0OTHER2", "admin")):
        people.record_person(session, team_id=team_id, user_id=user_id, now=now, name=CANARY, region=CANARY)
        people.record_roles(session, team_id=team_id, user_id=user_id, roles=frozenset({role}))
    fields = AssetFields(
        reference="CANARY-1", version="v1", title=f"Corvane deck, {CANARY}", kind="deck", link="https://canary.example/",
        owner_id="U0OTHER1", product_line=CANARY, released_on=now.date(), aliases=("corvane deck", CANARY),
    )  # fmt: skip
    version = asset.add_version(session, team_id=team_id, fields=fields, now=now, by="U0OTHER1")
    for number in range(6):
        feedback.add_feedback(
            session,
            team_id=team_id,
            user_id=f"U0OTHER{number}",
            region=CANARY,
            source="form",
            fields=FeedbackFields(asset_version_id=version.id, rating=1, said=f"{CANARY} {number}", wants_reply=True),
            now=now,
            reply_hours=48,
        )


def check_outgoing(entries: Iterable[dict[str, Any]], people_ids: set[str], hosts: tuple[str, ...]) -> None:
    """No mention, link or shout that the app did not mint, and nothing of the other workspace, in all that it said."""
    for said in _said(entries):
        assert CANARY not in json.dumps(said, ensure_ascii=False), "another workspace's words went out"
        for text in _formatted(said):
            for sequence in SEQUENCE.findall(text):
                assert MINTED.fullmatch(sequence), f"not minted: <{sequence}>"
                if sequence.startswith("@"):
                    assert sequence[1:] in people_ids, f"nobody has this id: <{sequence}>"
                if sequence.startswith("http"):
                    assert sequence.startswith(hosts), f"not one of our links: <{sequence}>"


def check_log(log: str, entries: Iterable[dict[str, Any]]) -> None:
    """No secret, and nothing that somebody typed, in what the app logged."""
    for secret in SECRETS:
        assert secret not in log, "a secret was logged"
    for words in set(_typed(entries)):
        assert words not in log, f"somebody's words were logged: {words!r}"


def _said(entries: Iterable[dict[str, Any]]) -> Iterator[Any]:
    for entry in entries:
        if entry["kind"] == "respond" or (entry["kind"] == "api" and entry["method"].startswith(("chat.", "views."))):
            yield _unpacked(entry["args"])
        elif entry["kind"] == "deliver" and entry.get("body"):
            yield entry["body"]


def _unpacked(args: dict[str, Any]) -> dict[str, Any]:
    packed = {key: args[key] for key in ("blocks", "view") if isinstance(args.get(key), str)}
    return args | {key: json.loads(value) for key, value in packed.items()}


def _formatted(part: Any) -> Iterator[str]:
    """All texts in which Slack makes links and mentions."""
    if isinstance(part, list):
        for one in part:
            yield from _formatted(one)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str) and part.get("type") != "plain_text":
            yield part["text"]
        for value in part.values():
            yield from _formatted(value)


def _typed(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    for entry in entries:
        if entry["kind"] == "deliver":
            payload = entry["envelope"]
            yield from _words(payload.get("text"))
            yield from _words((payload.get("event") or {}).get("text"))
            for elements in (((payload.get("view") or {}).get("state") or {}).get("values") or {}).values():
                for state in elements.values():
                    yield from _words(state.get("value"))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= SPOKEN and " " in value.strip():
        yield value.strip()
