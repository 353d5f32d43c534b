"""What stands in the form of a pulse: its questions in their order, whom it asks and where, and its end."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.audience import Audience
from bot.domain.check_in_days import asked_at
from bot.domain.pulse import MOST_QUESTIONS, PulseFields, PulseQuestion
from bot.domain.text import clean
from bot.views.pulse_form import CHANNEL, EVERYBODY, PLACES, REMINDERS, SHARES

ONE_CHANNEL = "Choose the one channel in which I post it."
NO_CHANNEL = "Choose a channel, not a conversation between people."
MOST_NUMBER = 99  # under which a question stands in a form
OTHER_PLACE = "Choose where I ask."


def order_in(memo: Mapping[str, Any]) -> tuple[int, ...]:
    """The questions' numbers as a form carries them; what a client has made of them is put right."""
    told = [int(one) for one in str(memo.get("order") or "").split(",") if one.isascii() and one.isdecimal()][:99]
    return tuple(dict.fromkeys(one for one in told if one <= MOST_NUMBER))[:MOST_QUESTIONS] or (0,)


def fields_in(form: Mapping[str, Any], memo: Mapping[str, Any], *, tz: str) -> PulseFields:
    """What stands in a form; what is none of the choices stays, for the check to refuse."""
    questions = tuple(_question_in(form, memo, number) for number in order_in(memo))
    role, also = str(form.get("role") or EVERYBODY), form.get("also") or []
    channels = tuple(form.get("channels") or ())
    audience = Audience(
        role="" if role == EVERYBODY else role,
        regions=tuple(form.get("regions") or ()),
        channel_ids=channels,
        user_group_ids=tuple(form.get("user_groups") or ()),
        user_ids=tuple(form.get("people") or ()),
    )
    return PulseFields(
        questions=questions,
        audience=audience,
        channel_id=channels[0] if form.get("place") == CHANNEL and len(channels) == 1 else "",
        privacy=str(form.get("privacy") or ""),
        closes_at=_moment(form.get("closes_on"), form.get("closes_at"), tz),
        reminders=REMINDERS in also,
        shares_results=SHARES in also,
    )


def wrong_place(form: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with where it asks, a sentence a field."""
    if form.get("place") not in PLACES:
        return {"place": OTHER_PLACE}
    if form.get("place") == CHANNEL and len(form.get("channels") or ()) != 1:
        return {"channels": ONE_CHANNEL}
    return {} if all(map(is_channel, form.get("channels") or ())) else {"channels": NO_CHANNEL}


def is_channel(claimed: object) -> bool:
    """Whether something looks like the id of a channel, and not of a conversation between people."""
    return _CHANNEL.fullmatch(str(claimed)) is not None


def at_fields(wrong: Mapping[str, str], memo: Mapping[str, Any], shown: Sequence[str]) -> dict[str, str]:
    """The sentences of `check_pulse_fields` where the form has their fields; `shown` are the fields that it has.

    A sentence whose field is not shown stands at the first one, rather than nowhere.
    """
    order, placed = order_in(memo), dict[str, str]()
    for field, sentence in wrong.items():
        names = [{"audience": "role", "closes_at": "closes_on"}.get(field, field)]
        for kind in ("question", "kind", "options"):
            place = field.removeprefix(kind)
            if place.isdecimal():
                number = order[min(int(place), len(order) - 1)]
                names = [f"{kind}{number}", f"question{number}"]
        names += [*(["channels"] if field in ("audience", "role") else []), *shown[:1]]
        placed.setdefault(next((name for name in names if name in shown), names[0]), sentence)
    return placed


def with_another(order: Sequence[int]) -> tuple[int, ...]:
    """The order with one more question at its end, as long as there is room for it."""
    number = next(one for one in (max(order) + 1, *range(MOST_NUMBER)) if one not in order and one <= MOST_NUMBER)
    return (*order, number)[:MOST_QUESTIONS]


def without(order: Sequence[int], number: int) -> tuple[int, ...]:
    """The order without a question; the last one stays."""
    return tuple(one for one in order if one != number) or tuple(order)


def moved_up(order: Sequence[int], number: int) -> tuple[int, ...]:
    """The order with a question one place further up."""
    place = order.index(number) if number in order else 0
    if place == 0:
        return tuple(order)
    return (*order[: place - 1], number, order[place - 1], *order[place + 1 :])


def _question_in(form: Mapping[str, Any], memo: Mapping[str, Any], number: int) -> PulseQuestion:
    lines = clean(form.get(f"options{number}") or str(memo.get(f"options{number}") or "")).split("\n")
    options = tuple(" ".join(line.split()) for line in lines if line.strip())
    text = " ".join(clean(form.get(f"question{number}") or "").split())
    return PulseQuestion(text, str(form.get(f"kind{number}") or ""), options)


def end_in(form: Mapping[str, Any], *, tz: str) -> datetime | None:
    """The moment of the close that stands in a form, None if there is none."""
    return _moment(form.get("closes_on"), form.get("closes_at"), tz)


def _moment(day: Any, clock: Any, tz: str) -> datetime | None:
    try:
        on, at = date.fromisoformat(str(day)), time.fromisoformat(str(clock))
    except ValueError:
        return None
    if not 1 < on.year < 9999:  # a zone's offset leads out of what a datetime can hold
        return None
    return asked_at(on, f"{at:%H:%M}", ZoneInfo(tz))


def default_close(now: datetime, tz: str, days: int = 1) -> datetime:
    """The close that a new form proposes: some days from now, at the next full hour, not at a weekend."""
    local = now.astimezone(ZoneInfo(tz)) + timedelta(days=days, hours=1)
    local = local.replace(minute=0, second=0, microsecond=0)
    while local.weekday() > 4:
        local += timedelta(days=1)
    return asked_at(local.date(), f"{local:%H:%M}", ZoneInfo(tz))


_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
