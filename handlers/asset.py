"""Assets, for everybody: the library, one asset's card, and the search while typing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bot.access import NOT_FOUND, may
from bot.domain.asset import Card, state_on
from bot.domain.asset_reading import Reading, read_asset
from bot.domain.asset_search import find_assets, latest_use
from bot.domain.text import clean, clip, inert
from bot.errors import BotError
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import asset as views
from bot.views import asset_card, asset_form, asset_library, filed_away_owner, kit
from storage import asset as store
from storage import asset_expiry, filed_away_plan, filed_away_result
from storage import asset_search as searches
from storage.db import Database

NAME = 200  # characters that are read as the name of an asset
KEEPERS_WORDS = {"add": "Adding assets", "import": "Importing assets", "edit": "Editing assets"}
KEEPERS_WORDS |= {"release": "Releasing assets", "retire": "Retiring assets"}


def ask_for_assets(session: Session, act: Act) -> Answer:
    """`/asset` alone opens the library; the first word behind it says what else is wanted."""
    word, _, rest = clean(act.text).partition(" ")
    word, rest, is_keeper = word.lower(), clip(" ".join(rest.split()), NAME), may(act.actor, "keep_assets")
    if word in KEEPERS_WORDS and not is_keeper:
        raise BotError(asset_card.only_marketing(KEEPERS_WORDS[word]))
    if word == "":
        return Answer(modal=_library(session, act))
    if word == "list":
        return _list(session, act, rest)
    if word == "add":
        return Answer(modal=asset_form.asset_modal(act.actor.user_id))
    if word == "import":
        return Answer(modal=asset_form.import_modal())
    if word in ("show", "edit", "release", "retire"):
        if not rest:
            raise BotError(f"Which one? Put its title or number behind it: `{views.COMMAND} {word} spine deck`")
        return _act_on_named(session, act, word, rest)
    unknown = "" if word == "help" else act.text
    return Answer(text=asset_library.help_text(is_keeper=is_keeper, unknown=unknown))


def open_library(session: Session, act: Act) -> Answer:
    """Open the library, from a button elsewhere."""
    return Answer(modal=_library(session, act))


def turn_page(session: Session, act: Act) -> Answer:
    """Show another page of the library."""
    return Answer(view=_library(session, act, page=act.row_id))


def show_asset(session: Session, act: Act) -> Answer:
    """Show the card of the asset that was chosen; of one that is no longer to be used, the current one."""
    if (words := views.missing_words(act.value)) is not None:
        return _miss(session, act, words)
    card = store.get_card(session, team_id=act.team_id, version_id=act.row_id)
    if card is None or (card.released_at is None and not may(act.actor, "keep_assets")):
        raise BotError(NOT_FOUND)
    return _show(session, act, card)


def find_asset(session: Session, act: Act) -> Answer:
    """Offer the assets that fit what is being typed: those that are to be used, and no others."""
    found = find_assets(clip(act.query, NAME), _current(session, act), limit=views.MOST_OPTIONS)
    return Answer(options=views.asset_options(match.card for match in found))


def look_up_asset(session: Session, act: Act) -> Answer:
    """The same in the library, where what is not found can be told to marketing: one search, whatever was typed."""
    answer, words = find_asset(session, act), " ".join(clean(act.query).split())
    if answer.options or len(words) < views.SHORTEST_MISSING:
        return answer
    return Answer(options=[views.missing_option(words)])


def run_due(db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
    """Delete the searches that no digest looks back on any more; gives their number."""
    with db.read() as session:
        if not searches.has_old_searches(session, team_id=team_id, now=now):
            return 0
    with db.begin() as session:
        return searches.forget_searches(session, team_id=team_id, now=now)


def _miss(session: Session, act: Act, words: str) -> Answer:
    """Somebody says what they looked for in the library and did not find."""
    words = clip(" ".join(clean(words).split()), NAME)
    found = find_assets(words, _current(session, act), limit=1)
    if _remember(session, act, words, len(found)):
        return Answer(modal=kit.notice_modal(asset_library.search_held(act.settings.official_form_url), "On hold"))
    return Answer(modal=asset_library.missed_modal(words))


def follow_link(_session: Session, _act: Act) -> None:
    """Somebody opens the asset itself: Slack does that, and nothing is kept of it."""


def _library(session: Session, act: Act, page: int = 0) -> dict[str, Any]:
    is_keeper, cards = may(act.actor, "keep_assets"), store.list_cards(session, team_id=act.team_id)
    current = _latest_first([card for card in cards if state_on(card, act.today) == "current"])
    drafts = [card for card in cards if is_keeper and state_on(card, act.today) == "draft"]
    page = max(0, min(page, (len(current) - 1) // asset_library.PAGE_SIZE))
    at = page * asset_library.PAGE_SIZE
    shown = asset_library.Page(current[at : at + asset_library.PAGE_SIZE], len(current), page)
    verdicts = {}
    if is_keeper:
        ids = [card.version_id for card in shown.cards]
        found = filed_away_result.list_latest(session, team_id=act.team_id, version_ids=ids)
        verdicts = {one.version_id: filed_away_owner.SHORT[one.verdict] for one in found}
    return asset_library.library_modal(shown, drafts, act.today, is_keeper=is_keeper, verdicts=verdicts)


def _list(session: Session, act: Act, words: str) -> Answer:
    is_keeper, cards = may(act.actor, "keep_assets"), _current(session, act)
    if not words:
        return Answer(text=asset_library.list_text(_latest_first(cards), "", act.today, is_keeper=is_keeper))
    cards = [match.card for match in find_assets(words, cards, limit=1000)]
    if _remember(session, act, words, len(cards)) and not cards:
        return Answer(text=asset_library.search_held(act.settings.official_form_url))
    return Answer(text=asset_library.list_text(cards, words, act.today, is_keeper=is_keeper))


def _remember(session: Session, act: Act, words: str, found: int) -> bool:
    """Keep what was searched for, and how many assets fitted; True if the words are on hold."""
    return searches.add_search(
        session, team_id=act.team_id, user_id=act.actor.user_id, words=words, found=found, now=act.now
    )


def _act_on_named(session: Session, act: Act, word: str, words: str) -> Answer:
    """Do what the command says with the one asset that the words name; ask when they fit several or none."""
    is_keeper, cards = may(act.actor, "keep_assets"), store.list_cards(session, team_id=act.team_id)
    visible = [card for card in cards if is_keeper or card.released_at is not None]
    action = {"edit": asset_card.EDIT, "release": asset_card.RELEASE, "retire": asset_card.RETIRE}.get(word, views.SHOW)
    reading = read_asset(words, visible)
    if word == "show":
        return _show_named(session, act, words, reading)
    if reading.card is None:
        message = asset_card.nearest_message(_ask(words, reading), reading.nearest, action)
        return Answer(text=message["text"], blocks=message["blocks"])
    if reading.note:  # an older version was named: nobody should change the current one by mistake
        message = asset_card.nearest_message(inert(reading.note), [reading.card], action)
        return Answer(text=message["text"], blocks=message["blocks"])
    if word == "edit":
        return Answer(modal=asset_form.asset_modal(act.actor.user_id, reading.card))
    if word == "release":
        return Answer(modal=_release_modal(session, act, _to_release(reading.card, visible, act.today)))
    question = asset_card.retire_question(reading.card)
    return Answer(text=question["text"], blocks=question["blocks"])


def _show_named(session: Session, act: Act, words: str, reading: Reading) -> Answer:
    """Show the asset that was named or, where that is none or several, those that may be used of what comes near."""
    usable = ("current", "draft") if may(act.actor, "keep_assets") else ("current",)
    offered = [card for card in reading.nearest if state_on(card, act.today) in usable]
    if reading.card is not None:
        current = _to_use(session, act, reading.card)
        _remember(session, act, words, int(current is not None))
        return _show(session, act, reading.card, note=inert(reading.note))
    is_held = _remember(session, act, words, len(offered) if reading.ambiguous else 0)
    if is_held and not offered:
        return Answer(text=asset_library.search_held(act.settings.official_form_url))
    ended = [] if offered else reading.nearest[:3] if reading.ambiguous else []
    if ended:
        told = [asset_card.no_longer(card, _to_use(session, act, card), act.today) for card in ended]
        return Answer(text="\n".join(told))
    message = asset_card.nearest_message(_ask(words, replace(reading, nearest=offered)), offered)
    return Answer(text=message["text"], blocks=message["blocks"])


def _ask(words: str, reading: Reading) -> str:
    """Which asset is meant, as mrkdwn."""
    shown = inert(clip(words, 60))
    if reading.ambiguous:
        return f"Which one do you mean by “{shown}”?"
    near = " Did you mean one of these?" if reading.nearest else ""
    return f"I know no asset called “{shown}”.{near}"


def _to_release(card: Card, cards: list[Card], today: date) -> Card:
    """The draft of the asset that was named, or the version that is out, to be announced again.

    Raises:
        BotError: it has neither.
    """
    drafts = [one for one in cards if one.asset_id == card.asset_id and state_on(one, today) == "draft"]
    card = drafts[-1] if drafts else card
    if told := asset_card.no_longer(card, None, today):
        raise BotError(told)
    return card


def _release_modal(session: Session, act: Act, card: Card) -> dict[str, Any]:
    version = store.get_version(session, team_id=act.team_id, version_id=card.version_id)
    if version is None:
        raise BotError(NOT_FOUND)
    plan = filed_away_plan.read_plan(session, version, default_tz=act.settings.default_tz, now=act.now)
    return asset_form.release_modal(card, plan)


def _show(session: Session, act: Act, card: Card, note: str = "") -> Answer:
    is_keeper = may(act.actor, "keep_assets")
    if state_on(card, act.today) not in ("current", "draft"):
        current = _to_use(session, act, card)
        note, card = asset_card.no_longer(card, current, act.today), current or card
    checks, tz = "", act.actor.tz
    if is_keeper:
        standing = filed_away_result.read_standing(session, team_id=act.team_id, version_id=card.version_id)
        checks = filed_away_owner.card_line(standing, tz, is_owner=card.owner_id == act.actor.user_id)
    if act.view:
        modal = asset_card.card_modal(card, act.today, is_keeper=is_keeper, tz=tz, note=note, checks=checks)
        return Answer(modal=modal)
    message = asset_card.card_message(card, act.today, is_keeper=is_keeper, tz=tz, note=note, checks=checks)
    return Answer(text=message["text"], blocks=message["blocks"])


def _to_use(session: Session, act: Act, card: Card) -> Card | None:
    """The version of an asset that is to be used today, if there is one."""
    return asset_expiry.find_usable(session, team_id=act.team_id, asset_id=card.asset_id, today=act.today)


def _current(session: Session, act: Act) -> list[Card]:
    return [card for card in store.list_cards(session, team_id=act.team_id) if state_on(card, act.today) == "current"]


def _latest_first(cards: list[Card]) -> list[Card]:
    return sorted(cards, key=latest_use, reverse=True)


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_for_assets, may="see_assets"),
    Listener("action", views.LIBRARY, open_library, may="see_assets"),
    Listener("action", asset_library.PREVIOUS, turn_page, may="see_assets"),
    Listener("action", asset_library.NEXT, turn_page, may="see_assets"),
    Listener("action", views.SHOW, show_asset, may="see_assets"),
    Listener("action", views.LOOK_UP, show_asset, may="see_assets"),
    Listener("options", views.FIND, find_asset, may="see_assets", reads=True),
    Listener("options", views.LOOK_UP, look_up_asset, may="see_assets", reads=True),
    Listener("action", asset_card.FOLLOW, follow_link, may="see_assets", reads=True),
)
JOBS: dict[str, Callable[[Task], None]] = {}
