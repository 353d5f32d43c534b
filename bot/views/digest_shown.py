"""A digest as it is sent: its message, and what goes into the thread, by its variant and the depth that was chosen."""

from dataclasses import dataclass
from typing import Any

from bot.domain.digest import Digest
from bot.domain.digest_company import CompanyDigest
from bot.domain.digest_depth import shortened
from bot.domain.digest_plan import EVERYTHING, SHORT, USUAL
from bot.domain.digest_rep import RepDigest
from bot.domain.digest_team import TeamDigest
from bot.views import digest as screen
from bot.views import digest_details, kit
from bot.views.digest_company import company_details, company_message
from bot.views.digest_rep import rep_message
from bot.views.digest_team import team_details, team_message

Found = Digest | CompanyDigest | TeamDigest | RepDigest


@dataclass(frozen=True)
class Shown:
    """One digest as messages; `details` is None where nothing goes into the thread."""

    message: dict[str, Any]
    details: dict[str, Any] | None = None


def show(found: Found, depth: str = USUAL, *, about: str = "", is_sent: bool = False) -> Shown:
    """The messages of a digest that is sent, or of one that is shown at once.

    The latter has no thread and no picture; its details stand behind a button, which carries `about`.
    """
    if isinstance(found, RepDigest):
        return Shown(rep_message(found, is_short=depth == SHORT, is_whole=depth == EVERYTHING))
    details = details_blocks(found)
    if is_sent and isinstance(found, Digest):
        details = [*screen.used_picture(found), *details]
    if depth == SHORT:
        short = shortened(found) if isinstance(found, Digest) else found
        return Shown(_message(short, "button", about, is_sent=is_sent, is_short=True))
    if depth == EVERYTHING:
        message = _message(found, "here", about, is_sent=is_sent)
        room = kit.MESSAGE_BLOCKS - len(message["blocks"])
        *screen_blocks, buttons, coverage = message["blocks"]
        blocks = [*screen_blocks, *details[:room], buttons, coverage]
        return Shown(message | {"blocks": blocks}, _thread(details[room:]) if is_sent else None)
    place = "thread" if is_sent else "button"
    return Shown(_message(found, place, about, is_sent=is_sent), _thread(details) if is_sent else None)


def details_blocks(found: Found) -> list[dict[str, Any]]:
    """What did not fit on the screen."""
    if isinstance(found, Digest):
        return list(digest_details.details_message(found)["blocks"]) if screen.has_details(found) else []
    if isinstance(found, CompanyDigest):
        return company_details(found)
    return team_details(found) if isinstance(found, TeamDigest) else []


def details_modal(found: Found) -> dict[str, Any]:
    """The same in a window, which may belong to a short screen."""
    blocks = team_details(found, is_short=True) if isinstance(found, TeamDigest) else details_blocks(found)
    blocks = blocks or [kit.section("There is no more than you saw.")]
    return kit.notice_modal("", "Details") | {"blocks": blocks}


def _message(found: Found, place: str, about: str, *, is_sent: bool, is_short: bool = False) -> dict[str, Any]:
    if isinstance(found, Digest):
        return screen.digest_message(found, with_button=place == "button", about=about, here=place == "here")
    if isinstance(found, CompanyDigest):
        return company_message(found, details=place, about=about, is_short=is_short, with_picture=is_sent)
    assert isinstance(found, TeamDigest)
    return team_message(found, details=place, about=about, is_short=is_short)


def _thread(blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    return {"text": "The details of your digest", "blocks": blocks[: kit.MESSAGE_BLOCKS]} if blocks else None
