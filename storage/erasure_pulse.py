"""Erasure in pulses: a person's votes and words, and the pulses that they started themselves."""

import json
import secrets
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from storage.pulse import Pulse, PulseBallot, PulseInvitation, record_cancelled, take_pulse
from storage.pulse_jobs import ask_to_show
from storage.pulse_series import PulseSeries

ENDED = "Whoever asked is no longer here, so it was cancelled."


def forget_pulses(
    session: Session, gone: Counter[str], *, team_id: str, user_id: str, name: str, now: datetime
) -> list[int]:
    """Take a person's votes and words out of all pulses but anonymous ones; gives the ids of open pulses that change.

    Numbers of a result that stands are kept. In an anonymous pulse nobody can find their vote; while it is open the
    place of whoever was invited stays, under a random name, so that there are no more votes than people. Their own
    open pulses are cancelled; closed ones stay, with questions and result, and without the asker's name.
    """
    changed = _stop_own(session, gone, team_id, user_id, now)
    mine = (col(PulseBallot.team_id) == team_id, col(PulseBallot.user_id) == user_id)
    texts: dict[int, list[str]] = {}
    for pulse_id, text in session.execute(select(col(PulseBallot.pulse_id), col(PulseBallot.text)).where(*mine)):
        texts.setdefault(pulse_id, []).append(text)
    invited = (col(PulseInvitation.team_id) == team_id, col(PulseInvitation.user_id) == user_id)
    asked = set(session.execute(select(col(PulseInvitation.pulse_id)).where(*invited)).scalars())
    gone["votes"] += len(texts)
    session.execute(delete(PulseBallot).where(*mine))
    for row in session.execute(select(Pulse).where(col(Pulse.team_id) == team_id, col(Pulse.id).in_(asked))).scalars():
        if row.result and row.privacy != "anonymous":
            gone["words in results"] += _leave_out(row, texts.get(row.id or 0, ()), {name, user_id} - {""})
            session.add(row)
        if row.state == "open" and row.privacy == "anonymous":
            place = (*invited, col(PulseInvitation.pulse_id) == row.id)
            nobody = {"user_id": f"gone-{secrets.token_hex(6)}", "region": ""}
            session.execute(update(PulseInvitation).where(*place).values(nobody))
        elif row.state == "open":
            ask_to_show(session, row, datetime.now(UTC))
            changed.append(row.id or 0)
    session.flush()
    gone["pulseinvitation"] += session.execute(delete(PulseInvitation).where(*invited)).rowcount  # type: ignore[attr-defined]
    return changed


def _stop_own(session: Session, gone: Counter[str], team_id: str, user_id: str, now: datetime) -> list[int]:
    own = select(col(Pulse.id)).where(
        col(Pulse.team_id) == team_id, col(Pulse.asker_id) == user_id, col(Pulse.state).in_(("planned", "open"))
    )
    stopped = []
    for pulse_id in session.execute(own.order_by(col(Pulse.id))).scalars().all():
        row = take_pulse(session, team_id=team_id, pulse_id=pulse_id or 0)
        was_open = row is not None and row.state == "open"
        if row is not None and record_cancelled(session, row, now=now, reason=ENDED) and was_open:
            ask_to_show(session, row, datetime.now(UTC))
            stopped.append(row.id or 0)
    gone["pulses stopped"] += len(stopped)
    series = (col(PulseSeries.team_id) == team_id, col(PulseSeries.asker_id) == user_id)
    gone["pulseseries"] += session.execute(delete(PulseSeries).where(*series)).rowcount  # type: ignore[attr-defined]
    return stopped


def _leave_out(row: Pulse, texts: Collection[str], names: Collection[str]) -> int:
    """Take what a person wrote out of a result that stands, and their name; gives how much it was."""
    told: dict[str, Any] = json.loads(row.result or "{}")
    wrote, left_out = [text for text in texts if text], 0
    for question in told["questions"]:
        kept = []
        for said in question["said"]:
            is_theirs = said["name"] in names if said["name"] else said["text"] in wrote
            if is_theirs and not said["name"]:
                wrote.remove(said["text"])  # somebody else may have written the very same
            if not is_theirs:
                kept.append(said)
        left_out += len(question["said"]) - len(kept)
        question["said"] = kept
    ballots = [one for one in told["ballots"] if one["name"] not in names]
    left_out += len(told["ballots"]) - len(ballots)
    if left_out:
        told["ballots"], row.themes = ballots, None  # themes tell texts by their places
        row.result = json.dumps(told, ensure_ascii=False)
    return left_out
