"""Feedback: its words, how a remark is read, and when the owner of an asset owes an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

SITUATIONS = {
    "first_call": "First call",
    "demo": "Demo",
    "evaluation": "Evaluation",
    "procurement": "Procurement",
    "legal": "Legal",
    "post_sale": "After the sale",
}
USES = {
    "used_with_customer": "Used it with a customer",
    "opened_only": "Opened it only",
    "could_not_find": "Could not find it",
    "did_not_know": "Did not know it",
    "not_for_my_accounts": "Not for my accounts",
}
OUTCOMES = {"helped": "It helped", "no_effect": "No effect", "hurt": "It hurt"}
REACTION_MEANINGS = {
    "helpful": "helpful",
    "not_helpful": "not helpful",
    "used": "used with a customer",
    "could_not_find": "could not find it",
    "outdated": "outdated",
}
CAPTURE = "capture"  # says nothing about an asset: it sends the message's whole thread to marketing
DEFAULT_EMOJI_MAP = {
    "+1": "helpful",
    "thumbsup": "helpful",
    "-1": "not_helpful",
    "thumbsdown": "not_helpful",
    "white_check_mark": "used",
    "heavy_check_mark": "used",
    "question": "could_not_find",
    "hourglass": "outdated",
    "hourglass_flowing_sand": "outdated",
    "memo": CAPTURE,
}
LONGEST = 3000  # characters of one answer: what Slack's input takes
LOW_RATING = 2


def meaning_of(emoji: str, emoji_map: Mapping[str, str]) -> str | None:
    """What an emoji says about an asset or (`CAPTURE`) asks for, whatever its skin tone; None if it says nothing."""
    return emoji_map.get(emoji.strip(":").split("::")[0])


@dataclass(frozen=True)
class FeedbackFields:
    """The answers of one piece of feedback. Only the asset and one answer are required."""

    asset_version_id: int | None
    situation: str | None = None
    use: str | None = None
    rating: int | None = None
    outcome: str | None = None
    said: str = ""
    missing: str = ""
    wants_reply: bool = False


def check_feedback_fields(fields: FeedbackFields) -> dict[str, str]:
    """What is wrong with the answers, a sentence a field; empty if they can be kept."""
    wrong: dict[str, str] = {}
    if fields.asset_version_id is None:
        wrong["asset"] = "Which asset is it about?"
    answers = (fields.situation, fields.use, fields.rating, fields.outcome, fields.said, fields.missing)
    if not any(answers) and fields.rating is None:
        wrong["rating"] = "One answer is enough: a rating, whether you used it, or a few words."
    if fields.rating is not None and not 1 <= fields.rating <= 5:
        wrong["rating"] = "Ratings go from 1 to 5."
    for name, known in (("situation", SITUATIONS), ("use", USES), ("outcome", OUTCOMES)):
        value = getattr(fields, name)
        if value is not None and value not in known:
            wrong[name] = "Please choose one of the answers."
    for name in ("said", "missing"):
        if (length := len(getattr(fields, name))) > LONGEST:
            wrong[name] = f"That is {length:,} characters; {LONGEST:,} fit in here."
    return wrong


def check_quoting_fields(fields: FeedbackFields, *, offers_thread: bool, sends_thread: bool) -> dict[str, str]:
    """The same where a message is quoted, which is an answer; its whole thread needs neither asset nor answer."""
    if sends_thread and fields == FeedbackFields(asset_version_id=None):
        return {}
    wrong = check_feedback_fields(fields)
    if fields.rating is None:
        wrong.pop("rating", None)
    if "asset" in wrong and offers_thread and not sends_thread:
        wrong["asset"] += " Or send the whole thread."
    return wrong


def needs_first_reply(fields: FeedbackFields) -> bool:
    """Whether the asset's owner owes an answer: a rating of 1 or 2, or "please reply"."""
    return fields.wants_reply or (fields.rating is not None and fields.rating <= LOW_RATING)


def first_reply_due(at: datetime, hours: int) -> datetime:
    """When the first reply is due: `hours` after the feedback."""
    return at + timedelta(hours=hours)


@dataclass(frozen=True)
class Remark:
    """What stood behind the asset's name: a rating, words, perhaps a use; `problem` is a sentence for the writer."""

    rating: int | None = None
    said: str = ""
    use: str | None = None
    problem: str | None = None


_BETWEEN = re.compile(r"^(?:[\s,–—]|:(?=[\s\d]|$))+")  # the colon of :star: is none
_STARS = re.compile(r"^(?:(?:⭐|★|🌟)️?|:star2?:)(?:\s*(?:(?:⭐|★|🌟)️?|:star2?:|☆))*")
_ONE_STAR = re.compile(r"⭐|★|🌟|:star2?:")
_NUMBER = re.compile(
    r"^(?:rating|rated|note|nota)?\s*:?\s*(?P<n>[+-]?\d{1,4}(?:[.,]\d+)?)"
    r"(?P<of>\s*(?:/|out of|von|sur)\s*(?P<max>\d+)|\s*(?:stars?|★|⭐))?(?=$|[\s,;:.!–—-])",
    re.IGNORECASE,
)
_WORDS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_SAYS_USE = (
    ("could_not_find", re.compile(r"^(?:could ?n[o']t|couldnt|can'?t|cannot|can not) find\b", re.IGNORECASE)),
    ("did_not_know", re.compile(r"^(?:did ?n[o']t|didnt) know\b", re.IGNORECASE)),
    ("opened_only", re.compile(r"^(?:only opened|opened only|opened it)\b", re.IGNORECASE)),
    ("not_for_my_accounts", re.compile(r"^not for my accounts\b", re.IGNORECASE)),
    ("used_with_customer", re.compile(r"^used (?:it|with)\b", re.IGNORECASE)),
)


def read_remark(rest: str) -> Remark:
    """Reads what follows the asset's name: an optional rating first, then words.

    A number counts as the rating when it stands first and is 1 to 5 ("4 surgeons loved it", "4/5", "★★★★"). A first
    number that no rating can be but looks like one ("0", "6", "4.5", "4/10") is a problem; a larger number that goes
    on in words ("22 surgeons came", "3 of 5 surgeons asked") belongs to the remark.
    """
    rest = _BETWEEN.sub("", rest.strip())
    stars = _STARS.match(rest)
    if stars:
        number = len(_ONE_STAR.findall(stars[0]))
        return _rated(number, str(number), rest[stars.end() :])
    if re.match(r"^\d+ (?:of|out of) (?:the )?\d+ \w", rest):
        return _said(rest)
    found = _NUMBER.match(rest)
    if found:
        after = rest[found.end() :].strip(" ,;:.!–—-\n")
        if found["max"] and found["max"] != "5":
            return Remark(said=rest, problem=_not_a_rating(found[0].strip()))
        text = found["n"].replace(",", ".")
        if not text.isdigit():
            return Remark(said=rest, problem=_not_a_rating(found[0].strip()))
        number = int(text)
        if number > 10 and after and not found["of"]:
            return _said(rest)
        return _rated(number, text, after)
    first, _, after = rest.partition(" ")
    if first.lower().strip(",.!") in _WORDS and not after.strip():
        return Remark(said=rest, problem=_not_a_rating(first))
    return _said(rest)


def _rated(number: int, text: str, rest: str) -> Remark:
    if not 1 <= number <= 5:
        return Remark(said=rest.strip(), problem=_not_a_rating(text))
    said = rest.strip(" ,;:–—-\n")
    return Remark(rating=number, said=said, use=_use_in(said))


def _said(rest: str) -> Remark:
    return Remark(said=rest, use=_use_in(rest))


def _use_in(said: str) -> str | None:
    return next((use for use, pattern in _SAYS_USE if pattern.match(said)), None)


def _not_a_rating(text: str) -> str:
    return f"Ratings are whole numbers from 1 to 5, so I can't take “{text}”."
