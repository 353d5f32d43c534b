"""How a summary is measured against a thread's gold answers; each measure is stated where it is taken."""

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.domain.summary import EXTRACTIVE, Message, Point, Summary, Thread
from bot.domain.summary_last_word import gone_from, says_no
from bot.domain.summary_words import dates, plain_words, terms
from bot.domain.text import plain

ENOUGH = 0.5  # the share of a gold point's words, and of its numbers, that must be shown
STATED = 0.8  # the share of a false statement's words in one point that states it


@dataclass(frozen=True)
class Sample:
    """A thread with its gold answers."""

    name: str
    thread: Thread
    gold: Mapping[str, Any]


@dataclass
class Score:
    """What was found of one thread's gold; each pair is (found, of so many)."""

    name: str
    messages: int
    lines: int
    key_points: tuple[int, int]
    own_key_points: int  # of them under the heading of key points
    decisions: tuple[int, int]
    told_decisions: tuple[int, int]  # those shown that rest on a message of a gold decision, of all shown
    questions: tuple[int, int]
    asks: tuple[int, int]
    dissent: tuple[int, int]
    made_by: str
    false: list[str] = field(default_factory=list)
    unverifiable: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    share: float = 0.0  # the summary's characters for each of the thread's


def read_samples(folder: Path, people: Path) -> list[Sample]:
    """The threads of a folder (`NAME.json` with `NAME.gold.json`), mentions told as names where `people` knows them.

    Raises:
        OSError, ValueError, KeyError: a file is missing or is not in the format of the sample data.
    """
    names: dict[str, str] = {}
    if people.is_file():
        with people.open(encoding="utf-8", newline="") as read:
            names = {row["slack_id"]: row["name"] for row in csv.DictReader(read)}
    found = []
    for file in sorted(folder.glob("*.json")):
        if file.name.endswith(".gold.json"):
            continue
        told = json.loads(file.read_text(encoding="utf-8"))
        gold = json.loads(file.with_name(f"{file.stem}.gold.json").read_text(encoding="utf-8"))
        messages = tuple(_message(one, names) for one in told["messages"])
        found.append(Sample(told.get("name", file.stem), Thread(messages), gold))
    return found


def _message(told: Mapping[str, Any], names: Mapping[str, str]) -> Message:
    user_id = told.get("user") or ""
    return Message(told["ts"], user_id, names.get(user_id, user_id), plain(told.get("text") or "", names))


class Measuring:
    """One summary against one sample."""

    def __init__(self, sample: Sample, summary: Summary) -> None:
        self.sample, self.summary = sample, summary

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {one.ts: f"{one.name}: {one.text}" for one in self.sample.thread.messages}

    def is_found(self, gold: Mapping[str, Any], points: Iterable[Point]) -> bool:
        """Whether a gold point is shown.

        The points that cite one of its messages must together hold half of its words, and half of its numbers, of those
        that its messages hold at all (gold is in its own words and in English, whatever the thread's language: what is
        in no message no summary could quote). Words are stems (`summary_words.terms`), "two" is 2.
        """
        near = [point for point in points if set(point.ts) & set(gold["ts"])]
        if not near:
            return False
        said = {term for ts in gold["ts"] for term in terms(self._texts.get(ts, ""))}
        wanted = set(terms(gold["text"])) & said
        shown = {term for point in near for term in terms(f"{point.by} {point.text}")}
        figures = {term for term in wanted if term.startswith("#")}
        return _share(wanted, shown) >= ENOUGH and _share(figures, shown) >= ENOUGH

    def is_dissent_found(self) -> bool:
        """Whether the strongest objection is shown as dissent.

        It cites one of the gold's messages, or it holds half of the gold's words from another speaker's message.
        """
        gold, shown = self.sample.gold.get("strongest_dissent"), self.summary.dissent
        if not gold or not shown:
            return not gold
        wanted = set(terms(gold["text"])) & {term for text in self._texts.values() for term in terms(text)}
        return bool(set(shown.ts) & set(gold["ts"])) or _share(wanted, set(terms(shown.text))) >= ENOUGH

    def false(self) -> list[str]:
        """The false statements of the gold that a point makes.

        A point makes one when a clause of it holds four fifths of its words and all its numbers, denies as much as the
        statement does, is no question, and does not tell the number or date as one that is gone ("from 19 January to
        ..."). What is an objection or an ask is somebody's wish and states nothing. It is a rough test: read them, too.
        """
        found = []
        for statement in self.sample.gold.get("must_not_claim", ()):
            wanted = set(terms(statement))
            for point in (*self.summary.key_points, *self.summary.decisions):
                if _states(statement, wanted, point):
                    found.append(f"{statement} <- {point.text}")
                    break
        return found

    def not_in_the_source(self) -> list[str]:
        """What no message bears out, by a test of its own, written apart from the product's.

        An unknown message; a quote, or in an extract any part of it, that stands in no message letter for letter; in a
        model's claim a number that none of its messages holds, or more than half of its words missing in them.
        """
        wrong = []
        for point in self.summary.points:
            texts = [plain_words(self._texts[ts]) for ts in point.ts if ts in self._texts]
            parts = [point.quote] if point.quote else []
            held = {term for text in texts for term in terms(text)}
            words = set(terms(point.text))
            if self.summary.made_by == EXTRACTIVE:
                parts += point.text.split(" → ")
            elif _share({one for one in words if one.startswith("#")}, held) < 1 or _share(words, held) < ENOUGH:
                wrong.append(point.text)
                continue
            bare = [plain_words(part.rstrip("…")) for part in parts]
            if not texts or len(texts) < len(point.ts) or any(all(part not in text for text in texts) for part in bare):
                wrong.append(point.text)
        return wrong

    def score(self, lines: int) -> Score:
        """All measures of this summary."""
        gold, shown, missed = self.sample.gold, self.summary, list[str]()

        def count(part: str, points: Iterable[Point]) -> tuple[int, int]:
            of_it, number = gold.get(part, []), 0
            for one in of_it:
                if self.is_found(one, points):
                    number += 1
                else:
                    missed.append(f"{part}: {one['text']}")
            return number, len(of_it)

        decided = {ts for one in gold.get("decisions", []) for ts in one["ts"]}
        dissent = self.is_dissent_found()
        if not dissent:
            missed.append(f"dissent: {gold['strongest_dissent']['text']}")
        return Score(
            name=self.sample.name,
            messages=len(self.sample.thread.messages),
            lines=lines,
            key_points=count("key_points", shown.points),
            own_key_points=sum(self.is_found(one, shown.key_points) for one in gold.get("key_points", [])),
            decisions=count("decisions", shown.decisions),
            told_decisions=(sum(bool(set(one.ts) & decided) for one in shown.decisions), len(shown.decisions)),
            questions=count("open_questions", shown.open_questions),
            asks=count("asks_for_marketing", shown.asks),
            dissent=(int(dissent), 1),
            made_by=shown.made_by,
            false=self.false(),
            unverifiable=self.not_in_the_source(),
            missed=missed,
            share=sum(len(one.text) for one in shown.points)
            / max(1, sum(len(one.text) for one in self.sample.thread.messages)),
        )


def _states(statement: str, wanted: set[str], point: Point) -> bool:
    clauses = [set(terms(clause)) for clause in re.split(r"[,;:.!?]\s|\n", point.text)]
    old_dates, old_numbers = gone_from(point.text)
    if re.search(r"[?？]\W*$", point.text) or says_no(statement) != says_no(point.text):
        return False
    if dates(statement) & old_dates or {one for one in wanted if one.startswith("#")} & old_numbers:
        return False
    figures = {one for one in wanted if one.startswith("#")}
    return any(_share(wanted, held) >= STATED and _share(figures, held) >= 1 for held in clauses)


def _share(wanted: set[str], shown: set[str]) -> float:
    return len(wanted & shown) / len(wanted) if wanted else 1.0
