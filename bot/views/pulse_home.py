"""Pulses on the App Home: those that wait for an answer, and one's own."""

from collections.abc import Sequence
from typing import Any

from bot.domain.pulse_finding import OwnPulse, PulseWaiting
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views.pulse import answer_button
from bot.views.pulse_list import LIST
from bot.views.pulse_outcome import say_button

SHOWN = 5  # of each kind
QUESTION = 150


def home_blocks(waiting: Sequence[PulseWaiting], own: Sequence[OwnPulse] | None, tz: str) -> list[dict[str, Any]]:
    """Nothing where there is nothing; `own` is None for whoever may start no pulses."""
    blocks: list[dict[str, Any]] = []
    if waiting:
        blocks += [{"type": "divider"}, kit.section("*Waiting for your answer*")]
        blocks += [_waiting(one, tz) for one in waiting[:SHOWN]]
        blocks += _more(len(waiting))
    if own is not None:
        told = "*Your pulses*" if own else "*Your pulses*\nNone is open. Ask your people something this week?"
        blocks += [{"type": "divider"}, kit.section(told, accessory=kit.button("All your pulses", LIST))]
        blocks += [_own(one, tz) for one in own[:SHOWN]]
        blocks += _more(len(own))
    return blocks


def _waiting(one: PulseWaiting, tz: str) -> dict[str, Any]:
    who = inert(clip(one.asker, 80)) or "A colleague"
    note = "" if one.is_sure else "\n_Anonymous: if you have answered already, you are done; nobody can tell._"
    told = f"{inert(clip(one.question, QUESTION))}\n{who} asks, until {kit.when(one.closes_at, tz)}.{note}"
    return kit.section(told, accessory=answer_button(one.pulse_id, one.privacy))


def _own(one: OwnPulse, tz: str) -> dict[str, Any]:
    question = inert(clip(one.question, QUESTION))
    if one.closes_at is not None:
        return kit.section(f"{question}\nOpen until {kit.when(one.closes_at, tz)}.{_response(one)}")
    told = f"{question}\nClosed.{_response(one)} Nobody has heard yet what was done with it."
    return kit.section(told, accessory=say_button(one.pulse_id))


def _response(one: OwnPulse) -> str:
    """How many have answered, as far as it may be told."""
    if not one.invited:
        return ""
    asked = count(one.invited, "person", "people")
    if one.answered is not None:
        return f" {one.answered:,} of {asked} answered ({100 * one.answered / one.invited:.0f} %)."
    if one.closes_at is None:
        return " Too few answered for anything to be shown."
    return f" {asked} asked; how many have answered is told at its close."


def _more(total: int) -> list[dict[str, Any]]:
    return [kit.context(f"…and {total - SHOWN} more.")] if total > SHOWN else []
