"""Erasure on the screen: whom, what will be deleted and what will stay, and the report with its proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.erasure import told_counts
from bot.domain.text import clip, count, inert
from bot.views import kit

COMMAND = "/groundswell erase"
OPEN = "erase.open"
CHOOSE = "erase.choose"
CONFIRM = "erase.confirm"
WORD = "erase"

INTRO = (
    "*Erase everything that Groundswell has stored about a person*\n"
    "Their words, reactions, votes, questions, messages and their name. It cannot be undone. "
    "Their own copy of it comes with `/groundswell privacy`; they may want it before."
)
KEPT = (
    "*What stays, without their name:* answers in anonymous pulses, which nobody can find; the numbers of results and "
    "verdicts that stand; assets, check-ins and closed pulses that they kept for the company; and that somebody was "
    "erased, in the audit trail, which can't read what it says of them any more."
)
SLACK = (
    "What stands in Slack itself (their messages, and what I wrote to people) stays there until Slack's own retention "
    "or an administrator of Slack deletes it. Older backups still hold them; one that is put back is erased again."
)
ON_ITS_WAY = "It is being done. In a minute you get a report by direct message."
GOODBYE = "Everything that Groundswell had stored about you was deleted. If you use it again, it begins anew."


@dataclass(frozen=True)
class Planned:
    """What an erasure would delete: of whom, how much by kind, and how many of their pulses are open."""

    user_id: str
    name: str
    counts: Mapping[str, int]
    open_pulses: int = 0


@dataclass(frozen=True)
class Done:
    """What came of an erasure. `traces` were found in the database's files, None if they could not be looked through.

    `is_wiped` once the space that was freed is overwritten, `trail` is what is wrong with the audit trail, if anything.
    """

    counts: Mapping[str, int]
    traces: int | None
    is_wiped: bool
    trail: str = ""


def choose_modal() -> dict[str, Any]:
    """The form that asks whom."""
    pick = {"type": "users_select", "action_id": "person", "placeholder": kit.plain("Choose a person", 150)}
    blocks = [
        kit.section(INTRO),
        _input("person", "Whom?", pick, optional=True),
        _input(
            "member_id",
            "Or the Slack member ID",
            kit.text_input("", 30),
            hint="For somebody who has left and is in no list any more. Like U0123ABCD.",
            optional=True,
        ),
    ]
    return _modal(CHOOSE, "Next", blocks)


def confirm_modal(plan: Planned) -> dict[str, Any]:
    """What would be deleted, and the word that does it."""
    lines = [f"• {told}" for told in told_counts(plan.counts)] or ["• Nothing but their name."]
    blocks = [kit.section(f"*{_called(plan)}*\nThis is deleted:\n" + "\n".join(lines))]
    if plan.open_pulses:
        pulses = count(plan.open_pulses, "pulse of theirs is", "pulses of theirs are")
        blocks.append(kit.section(f"*{pulses} open.* They are cancelled; whoever was asked reads that they are over."))
    blocks += [
        kit.section(KEPT),
        kit.context(SLACK),
        _input("word", f"Write “{WORD}” to do it", kit.text_input("", 20)),
    ]
    return kit.with_memo(_modal(CONFIRM, "Erase", blocks), user_id=plan.user_id)


def report(done: Done) -> dict[str, Any]:
    """What whoever asked for it reads afterwards; it names nobody."""
    head = "The erasure that you asked for is done."
    lines = [f"• {told}" for told in told_counts(done.counts)]
    blocks = [
        kit.section(f"*{head}*\nDeleted:\n" + "\n".join(lines or ["• Nothing was stored."])),
        kit.section(_proof(done)),
        kit.section(KEPT),
        kit.context(SLACK),
    ]
    return {"text": head, "blocks": blocks}


def not_done(sentence: str) -> dict[str, Any]:
    """What whoever asked for it reads if it could not be done."""
    return kit.note(f"The erasure that you asked for was not done, and nothing was deleted. {inert(sentence)}")


def goodbye_home() -> dict[str, Any]:
    """The Home of somebody who was erased, until they use the app again."""
    return {"type": "home", "blocks": [kit.section(GOODBYE)]}


def _proof(done: Done) -> str:
    whole = "and the trail was looked through: nothing in it was changed" if not done.trail else inert(done.trail)
    told = ["*Proof*", f"• Their key in the audit trail is destroyed, {whole}."]
    if not done.is_wiped:
        told.append("• The space that was freed in the database is overwritten tonight; then you hear once more.")
    elif done.traces is None:
        told.append("• The database was written anew. The log and archive of a PostgreSQL server keep what they had.")
    elif done.traces == 0:
        told.append("• The database was written anew and read byte by byte: id, name and words stand nowhere in it.")
    else:
        found = count(done.traces, "trace", "traces")
        told.append(
            f"• The database was written anew. {found} of id, name or words still stand in it: somebody else may have "
            "written the very same, or it was done while they used the app."
        )
    return "\n".join(told)


def _called(plan: Planned) -> str:
    return inert(clip(plan.name, 80)) if plan.name else "Somebody whose name I don't know"


def _input(
    block_id: str, label: str, element: Mapping[str, Any], hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": kit.plain(label, 150), "element": dict(element)}
    if hint:
        block["hint"] = kit.plain(hint, 2000)
    return block | {"optional": optional}


def _modal(callback_id: str, submit: str, blocks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": kit.plain("Erase a person", kit.TITLE),
        "submit": kit.plain(submit, kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": list(blocks),
    }
