"""The audit trail on the screen: a page of entries, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.audit import SOMEBODY, THE_APP, Entry, change_words, deed_words
from bot.domain.text import clip, count, inert
from bot.views import kit

COMMAND = "/groundswell audit"
OPEN = "audit.open"
PREVIOUS = "audit.previous"
NEXT = "audit.next"
PAGE_SIZE = 10
EMPTY = "Nothing is written down yet."
OWN = "What you did here that counts, and what was done about you. Nobody can change or delete these lines."
ALL = (
    "What was done here that counts, and by whom. Nobody can change or delete these lines: "
    "`python -m bot audit verify` proves it."
)


@dataclass(frozen=True)
class AuditPage:
    """A page of the trail: its lines, how many there are in all, and whether these are all people's."""

    lines: list[Entry]
    total: int
    page: int
    is_whole: bool


def audit_modal(page: AuditPage, names: Mapping[str, str], *, reader_id: str, tz: str) -> dict[str, Any]:
    """One page; `names` are people's by user id."""
    blocks = [kit.context(ALL if page.is_whole else OWN)]
    blocks += [kit.section(_line(one, names, reader_id, tz)) for one in page.lines]
    if not page.lines:
        blocks.append(kit.section(EMPTY))
    pages = max(1, -(-page.total // PAGE_SIZE))
    blocks.append(kit.context(f"{count(page.total, 'entry', 'entries')}, page {page.page + 1} of {pages}."))
    turns = [("Newer", PREVIOUS, page.page - 1)] if page.page > 0 else []
    turns += [("Older", NEXT, page.page + 1)] if page.page + 1 < pages else []
    if turns:
        blocks.append({"type": "actions", "elements": [kit.button(text, use, str(to)) for text, use, to in turns]})
    return {
        "type": "modal",
        "title": kit.plain("Audit trail", kit.TITLE),
        "close": kit.plain("Close"),
        "blocks": blocks,
    }


def _line(one: Entry, names: Mapping[str, str], reader_id: str, tz: str) -> str:
    who = _who(one.by, names, reader_id, SOMEBODY if one.by_is_gone else THE_APP)
    what = _who(one.about, names, reader_id, "", you="you") if one.about else inert(clip(one.subject, 120))
    if one.about_is_gone and not what:
        what = SOMEBODY
    said = " ".join(filter(None, (f"*{who}*", deed_words(one.deed), what)))
    said = said.replace("the roles of you", "your roles").replace("the own group of you", "your own group")
    changed = inert(change_words(one.before, one.after))
    return "\n".join(filter(None, (f"{said}.", changed, f"_{kit.when(one.at, tz)} · no. {one.number}_")))


def _who(user_id: str, names: Mapping[str, str], reader_id: str, otherwise: str, you: str = "You") -> str:
    if not user_id:
        return otherwise
    return you if user_id == reader_id else inert(clip(names.get(user_id) or "somebody", 80))
