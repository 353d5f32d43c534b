"""What a sentence does (decide, ask, object, agree ...), by the words that do it, read from summary_cues.toml."""

import re
import tomllib
from pathlib import Path

_TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_UNSPACED = re.compile(r"[:✅☑✔<\u3000-\u9fff]")  # what begins so stands for itself, within other words too


def _words(name: str) -> str:
    found = [part for line in _TOLD[name].strip().split("\n") for part in line.split(" | ")]
    whole = "|".join(part for part in found if not _UNSPACED.match(part))
    bare = "".join(f"|{part}" for part in found if _UNSPACED.match(part))
    return rf"(?:(?<!\w)(?:{whole})(?!\w){bare})"


def _anywhere(name: str) -> re.Pattern[str]:
    return re.compile(_words(name), re.IGNORECASE)


def _first(name: str, before: str = "") -> re.Pattern[str]:
    return re.compile(rf"^\W*{before}{_words(name)}", re.IGNORECASE)


DECIDED = _anywhere("DECIDED")
RULED = _anywhere("RULED")
FORBIDDEN = _anywhere("FORBIDDEN")
PROMISED = _anywhere("PROMISED")
PROPOSED = _anywhere("PROPOSED")
OFFERED = _anywhere("OFFERED")
PARKED = _anywhere("PARKED")
DELIBERATED = _anywhere("DELIBERATED")
OBJECTED = _anywhere("OBJECTED")
DOUBTED = _anywhere("DOUBTED")
WITHDRAWN = _anywhere("WITHDRAWN")
REVERSED = _anywhere("REVERSED")
CORRECTED = _anywhere("CORRECTED")
WANTED = _anywhere("WANTED")
LACKING = _anywhere("LACKING")
MADE_BY_MARKETING = _anywhere("MADE_BY_MARKETING")
PUT_OFF = _anywhere("PUT_OFF")
WONDERED = _anywhere("WONDERED")
CAUSE = _anywhere("CAUSE")
TROUBLE = _anywhere("TROUBLE")
NEWS = _anywhere("NEWS")
HEDGED = _anywhere("HEDGED")
UNDECIDED = _anywhere("UNDECIDED")
ALLOWED = _anywhere("ALLOWED")
DONE = _anywhere("DONE")
NOW = _anywhere("NOW")
MY = _anywhere("MY")
BY = _anywhere("BY")
DESCRIBES = _first("DESCRIBES")
DUE = _anywhere("DUE")
WHEN = _anywhere("WHEN")
CONTRAST = re.compile(r"[,;] (?:and )?(?:not|no|nicht|kein|pas|non|no|nem|não)\b|" + _words("CONTRAST"), re.IGNORECASE)
DOING = _anywhere("DOING")
EVERYBODY = _anywhere("EVERYBODY")
AVERSE = _anywhere("AVERSE")
REFERRED = _anywhere("REFERRED")
FRANK = _anywhere("FRANK")
GAVE_WAY = _anywhere("GAVE_WAY")
HARMED = _anywhere("HARMED")
PREFERRED = _anywhere("PREFERRED")
TRIED = _anywhere("TRIED")
UTTERLY = _anywhere("UTTERLY")
ON_BEHALF = _anywhere("ON_BEHALF")
FORETOLD = _anywhere("FORETOLD")
BELITTLED = _anywhere("BELITTLED")
COMPARED = _anywhere("COMPARED")
HEARD = _first("HEARD")
RETORTED = _first("RETORTED")
JOKED = re.compile(_words("JOKED") + "|[😂🤣🙈😅]", re.IGNORECASE)
NO = _anywhere("NO")
PERMISSION = re.compile(rf"(?:^|[.!?:;,]\s+|\b(?:so|and|but|und|et|y|e) ){_words('PERMISSION')}", re.IGNORECASE)
FOR_MACHINES = _anywhere("FOR_MACHINES")
IS = re.compile("=|" + _words("IS"), re.IGNORECASE)
YES = _first("YES")
DONT = _first("DONT")
_BEFORE = (
    r"(?:(?:ok(?:ay)?|right|good|fine|well|yes|no|gut|ja|na|bon|bien|bueno|vale|perfecto|bom|danke|merci|gracias)"
    r"[,.!] ?)?"
)
THEN = re.compile(
    _first("THEN", _BEFORE).pattern + r"|\b(?:then|dann|alors|entonces|então|(?:it|that) is)(?=[.,!]|$)", re.IGNORECASE
)
GRANTED = _first("GRANTED")
HOW_MANY = _first("HOW_MANY")
NOTHING_OF_IT = _first("NOTHING_OF_IT")
LEANING = _first("LEANING")
QUESTION = _first("QUESTION", r"(?:(?:so|and|but|ok|also|sorry|und|et|y|e)[, ]+)?")
REFUSED = _first("REFUSED", r"(?:(?:sorry|ah|hm+|well|uh|oh)[,. ]+)?")
ORDERED = re.compile(rf"(?:^|[.!:;,]\s+|\bthen |\bso |\bplease ){_words('ORDERED')}", re.IGNORECASE)
NOD = re.compile(rf"[^.!?]{{0,14}}{_words('NOD')}\s?[?？]\W*$", re.IGNORECASE)
_CHEERED = (
    r"^\W*:(?:\+1|thumbsup|white_check_mark|heavy_plus_sign|100|raised_hands|tada|ok_hand|heart|clap|pray|bow|muscle)"
    r":\W*$"
)
AGREED = re.compile(
    rf"^\W*(?::[\w+-]+:\s*)*{_words('AGREED')}|{_CHEERED}"
    r"|(?<!\w)(?:that|this|it|\w+day) works(?!\w)|^\S+ (?:yes|it is|oui|ja|sim|s[íi])\b",
    re.IGNORECASE,
)


def done_by(names: str) -> re.Pattern[str]:
    """Somebody named is said to do something; `names` are alternatives of a regular expression."""
    return re.compile(rf"(?:^|[.!?:;,]\s+|@|\band )(?:{names}),? (?i:{_words('DOES')})")


def called_on(names: str) -> re.Pattern[str]:
    """Somebody named is spoken to: "Priya, send it please", "@Priya please send it"."""
    return re.compile(rf"(?:^|[.!?:;]\s+)@?(?:{names})(?:,| (?i:please|pls|bitte|can you|kannst du))\s")
