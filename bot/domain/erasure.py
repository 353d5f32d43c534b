"""Erasure, thought through: what counts as somebody's words, whether a message repeats them, and the report's words."""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.domain.text import WORD_JOINER, count

LONG = 20  # characters: a shorter text ("yes, often") may be anybody's
BEGINNING = 24  # characters of a sentence by which it is known again where it was cut

# What an erasure deletes, by the name of its table or by what it is; what is not here is told together.
KINDS = {
    "profile": ("profile: name, department, region and hours", "profiles"),
    "role": ("role", "roles"),
    "owngroupchoice": ("own group as a manager", "own groups as a manager"),
    "owngroupmember": ("place in a manager's own group", "places in managers' own groups"),
    "feedback": ("piece of feedback", "pieces of feedback"),
    "reaction": ("reaction", "reactions"),
    "replies": ("reply to that feedback", "replies to that feedback"),
    "feedbackreply": ("reply to other people", "replies to other people"),
    "checkinanswer": ("answer to a check-in", "answers to check-ins"),
    "filedawayanswer": ("answer about use", "answers about use"),
    "votes": ("vote in a named or confidential pulse", "votes in named and confidential pulses"),
    "pulseinvitation": ("invitation to a pulse", "invitations to pulses"),
    "words in results": ("answer in words in a pulse's result", "answers in words in pulses' results"),
    "pulses stopped": ("open pulse cancelled", "open pulses cancelled"),
    "threadmessage": ("message in a captured thread", "messages in captured threads"),
    "capture": ("thread sent to marketing", "threads sent to marketing"),
    "messages quoted by others": ("message that others had sent in", "messages that others had sent in"),
    "ask": ("question from the app", "questions from the app"),
    "assetsearch": ("search in the library", "searches in the library"),
    "draft": ("draft", "drafts"),
    "messages to them": ("message from the app", "messages from the app"),
    "messages not sent yet": ("message on its way that repeated words", "messages on their way that repeated words"),
}


def long_texts(texts: Iterable[str]) -> list[str]:
    """The texts that are nobody else's by chance, each once."""
    return list(dict.fromkeys(text for text in texts if len(text) >= LONG))


def appears_in(words: Iterable[str], message: Any) -> bool:
    """Whether a message repeats any of these words, also cut, quoted or escaped for Slack."""
    said = _plain(" ".join(_strings(message)))
    return any(part in said for text in words for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """The beginnings of a text's lines and sentences, as `_plain` has them."""
    for line in text.replace(". ", ".\n").splitlines():
        plain = _plain(line).rstrip(".!?…")[:BEGINNING]
        if len(plain) >= 6:
            yield plain


def _plain(text: str) -> str:
    return " ".join(html.unescape(text.replace(WORD_JOINER, "")).replace("> ", " ").split()).casefold()


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _strings(value)
    elif isinstance(part, Sequence):
        for value in part:
            yield from _strings(value)


def told_counts(counts: Mapping[str, int]) -> list[str]:
    """What was deleted, a phrase a kind, in the order in which people care."""
    told = [count(counts[kind], *words) for kind, words in KINDS.items() if counts.get(kind)]
    others = sum(number for kind, number in counts.items() if kind not in KINDS)
    return [*told, count(others, "other entry", "other entries")] if others else told
