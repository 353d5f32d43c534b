"""Links to assets: two addresses of one place are one, and messages are matched by them."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.domain.asset import Card

_TRACKING = ("utm_", "mc_", "fbclid", "gclid")


def comparable(link: str) -> str:
    """An address as it is compared: no scheme, "www.", tracking words, fragment or last slash; host without case."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith(_TRACKING)]
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def find_linked(links: Iterable[str], cards: Iterable[Card]) -> list[Card]:
    """The released asset versions that the links lead to, each once; an old version's link means that version.

    Where the versions of an asset share one link, it means the last of them.
    """
    wanted = {comparable(link) for link in links} - {""}
    found: dict[tuple[int, str], Card] = {}
    for card in cards:
        if card.link and card.released_at and (link := comparable(card.link)) in wanted:
            found[card.asset_id, link] = card
    return list(found.values())
