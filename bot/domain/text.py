"""Words on their way in and out: cleaned when they come, made harmless when they go (R10)."""

import html
import re
import unicodedata
from collections.abc import Mapping

import regex

_DIRECTIONS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|([^>]*))?>")
_BARE = re.compile(r"(?<![<|\w])https?://[^\s<>|)\]]+")
_ANGLED = re.compile(r"<([^>]*)>")
_SHOUT = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_FORMATS = re.compile(r"(:[a-z0-9][a-z0-9_+'-]*:)|[*_~`]")  # :white_check_mark: stays an emoji
WORD_JOINER = "\u2060"  # invisible and zero wide; breaks what Slack would parse


class _Kept(dict[int, int | None]):
    """What `str.translate` makes of a character: the same or nothing. The usual ones are looked up once."""

    def __missing__(self, code: int) -> int | None:
        char = chr(code)
        is_dropped = char in _DIRECTIONS or unicodedata.category(char) in ("Cc", "Cs", "Cn")
        kept = None if is_dropped and char not in "\n\t" else code
        if code < 0x10000:
            self[code] = kept
        return kept


_KEPT = _Kept()


def clean(text: str) -> str:
    """What somebody typed, ready to be kept: NFC, without control characters and direction overrides, trimmed."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text.translate(_KEPT)).strip()


def whole(text: str) -> str:
    """The same without NUL, which PostgreSQL refuses, and without halves of characters, which no database can keep."""
    if text.isascii() and "\0" not in text:
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")  # halves that belong together
    return joined.replace("\0", "")


def escape(text: str) -> str:
    """The three characters that mean something in mrkdwn, as Slack asks for them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: str, limit: int, mark: str = "…") -> str:
    """At most `limit` characters, cut between graphemes, with a visible mark where it was cut."""
    if len(text) <= limit:
        return text
    room, kept = limit - len(mark), []
    for grapheme in regex.findall(r"\X", text[: limit + 64]):
        if len(grapheme) > room:
            break
        kept.append(grapheme)
        room -= len(grapheme)
    return "".join(kept).rstrip() + mark


def inert(text: str) -> str:
    """Somebody's words inside mrkdwn: nothing in them becomes a link, a mention, a shout or a format."""
    safe = _SHOUT.sub("@" + WORD_JOINER, escape(clean(text)))
    return _FORMATS.sub(lambda found: found[1] or f"{WORD_JOINER}{found[0]}{WORD_JOINER}", safe)


def quote(text: str, limit: int = 500) -> str:
    """Somebody's words as a mrkdwn quotation of at most `limit` characters before escaping."""
    return "\n".join(f"> {line}" for line in inert(clip(clean(text), limit)).split("\n"))


def plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """A Slack message's mrkdwn as readable text; `names` tells user ids' names."""

    def said(found: re.Match[str]) -> str:
        inner, _, label = found[1].partition("|")
        if inner.startswith("@"):
            return "@" + ((names or {}).get(inner[1:]) or label or inner[1:])
        return label or inner

    return html.unescape(_ANGLED.sub(said, text))


def links_in(text: str) -> list[str]:
    """The web addresses in a Slack message, each once, in their order."""
    angled = [html.unescape(found[1]) for found in _LINK.finditer(text)]
    bare = [html.unescape(found[0]).rstrip(".,;:!?") for found in _BARE.finditer(_LINK.sub(" ", text))]
    return list(dict.fromkeys(angled + bare))


def cell(value: object) -> str:
    """A cell for CSV or XLSX that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def count(number: int, one: str, many: str) -> str:
    """ "1 person", "3 people"."""
    return f"{number:,} {one if number == 1 else many}"
