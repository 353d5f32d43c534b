"""Sums threads up: by the language model where one is configured, and else, or where it fails, in their own words."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import SQLAlchemyError

import prompts
from bot.domain.summary import Point, Summary, Thread
from bot.domain.summary_check import Checked, Checking
from bot.domain.summary_extract import extract
from bot.domain.text import clean
from bot.model import LeftOut, Model
from bot.settings import Settings
from bot.themes import likeness
from storage import model_use, summary_cache
from storage.db import Database

log = structlog.get_logger()

CHARACTERS = 3  # of a token, at least: an estimate that is rather too dear
ANSWER = 1_500  # tokens that an answer may take
MOST_PARTS = 12  # of a thread; a longer one is not given to the model
AT_ONCE = 4  # parts that the model reads at the same time
LEASED = 0.75  # the share of a job's lease that the model may take
FEWEST = 2  # proven points, under which the thread's own words say more
T = TypeVar("T")


class TheirPoint(BaseModel):
    """One claim as the model gives it; `messages` are numbers from 1 on."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: str
    messages: list[int]
    quote: str


class TheirSummary(BaseModel):
    """A summary as the model gives it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    key_points: list[TheirPoint]
    decisions: list[TheirPoint]
    open_questions: list[TheirPoint]
    dissent: TheirPoint | None
    asks: list[TheirPoint]


@dataclass(frozen=True)
class Spend:
    """Where the model's cost is written down, and its answers are kept: one workspace in the database."""

    db: Database
    team_id: str


def summarize(thread: Thread, settings: Settings, *, now: datetime, spend: Spend | None = None) -> Summary:
    """Sum a thread up. A model that fails, in whatever way, costs some time and gives the thread's own words.

    Without `spend` there is no budget to be kept, and so no model is asked. Not inside a transaction: it may take
    twice OPENAI_TIMEOUT, and no longer than LEASED of a job's lease.
    """
    if not settings.has_model or spend is None or not any(one.text.strip() for one in thread.messages):
        return extract(thread, likeness)
    asking, began = _Asking(thread, settings, spend, now), time.monotonic()
    try:
        made = asking.summary()
    except LeftOut as failed:
        reason = failed.reason
    except SQLAlchemyError:
        reason = "failed"
    except Exception as error:  # the summary must come, whatever a stranger's server made of our code
        log.error("model_failed", kind=type(error).__name__)
        reason = "failed"
    else:
        return made
    finally:
        asking.write_down(time.monotonic() - began)
    asking.write_down_left_out(reason)
    return extract(thread, likeness)


class _Asking:
    """One thread and the model."""

    def __init__(self, thread: Thread, settings: Settings, spend: Spend, now: datetime) -> None:
        self._thread, self._settings, self._spend, self._now = thread, settings, spend, now
        self._model = Model(settings)
        self._prompt, self._join = prompts.load("thread"), prompts.load("join")
        # After its lease another process would begin the same job.
        self._until = time.monotonic() + min(2 * settings.openai_timeout, LEASED * settings.job_lease_seconds)
        self._dropped = 0

    def summary(self) -> Summary:
        """The model's summary, verified.

        Raises:
            LeftOut: there is none.
        """
        key = self._key()
        with self._spend.db.read() as session:
            kept = summary_cache.get_summary(session, team_id=self._spend.team_id, key=key, now=self._now)
            used = model_use.tokens_used(session, team_id=self._spend.team_id, day=self._now.date())
        if kept:
            return Summary.from_json(kept)
        parts = self._parts()
        if len(parts) > MOST_PARTS:
            raise LeftOut("long")
        needed = sum(len(part) // CHARACTERS + ANSWER for part in parts) + (len(parts) > 1) * len(parts) * ANSWER
        if used + needed > self._settings.openai_daily_tokens:
            raise LeftOut("budget")
        made = self._made(parts)
        with self._spend.db.begin() as session:
            summary_cache.keep_summary(
                session, team_id=self._spend.team_id, key=key, summary=made.to_json(), now=self._now
            )
        return made

    def _made(self, parts: Sequence[str]) -> Summary:
        checking = Checking(self._thread)

        def ask(prompt: str, data: str) -> Checked:
            told = self._model.ask(prompt, data, TheirSummary, self._until)
            return checking.summary(self._claimed(told))

        found = _all([partial(ask, self._prompt.text, part) for part in parts], self._until, self._model.gave_up)
        dropped = sum(one.dropped.total() for one in found)
        made = found[0]
        if len(parts) > 1:
            told = json.dumps([self._told(one.summary) for one in found], ensure_ascii=False)
            (made,) = _all([partial(ask, self._join.text, told)], self._until, self._model.gave_up)
            dropped += made.dropped.total()
        reasons = sum((one.dropped for one in found if one is not made), made.dropped.copy())
        log.info("model_checked", model=self._model.name, kept=len(made.summary.points), **dict(reasons))
        if len(made.summary.points) < FEWEST or not (made.summary.key_points or made.summary.decisions):
            raise LeftOut("unproven")
        return Summary(**{**vars(made.summary), "dropped": dropped})

    def _parts(self) -> list[str]:
        """The messages as JSON, in pieces that the model can read at once."""
        most, parts, size = self._settings.openai_part_tokens * CHARACTERS, list[list[str]](), 0
        for number, message in enumerate(self._thread.messages, 1):
            text = clean(message.text)[:most]
            line = json.dumps({"message": number, "from": clean(message.name), "text": text}, ensure_ascii=False)
            if not parts or size + len(line) > most:
                parts.append([])
                size = 0
            parts[-1].append(line)
            size += len(line)
        return ["[" + ",\n".join(part) + "]" for part in parts]

    def _claimed(self, told: TheirSummary) -> Summary:
        """What the model told; a number of no message becomes a moment that is none."""

        def points(theirs: Sequence[TheirPoint]) -> tuple[Point, ...]:
            return tuple(self._point(one) for one in theirs)

        return Summary(
            key_points=points(told.key_points),
            decisions=points(told.decisions),
            open_questions=points(told.open_questions),
            dissent=self._point(told.dissent) if told.dissent else None,
            asks=points(told.asks),
            made_by=self._model.name,
        )

    def _point(self, theirs: TheirPoint) -> Point:
        messages, known = self._thread.messages, range(1, len(self._thread.messages) + 1)
        cited = sorted(set(theirs.messages))
        ts = tuple(messages[number - 1].ts if number in known else f"no message {number}" for number in cited)
        by = messages[cited[0] - 1].name if cited and cited[0] in known else ""
        return Point(theirs.text.strip(), ts, theirs.quote.strip(), by)

    def _told(self, summary: Summary) -> dict[str, object]:
        """A part's summary as the model gave it."""
        numbers = {message.ts: number for number, message in enumerate(self._thread.messages, 1)}

        def point(one: Point) -> dict[str, object]:
            return {"text": one.text, "messages": [numbers[ts] for ts in one.ts], "quote": one.quote}

        return {
            "key_points": [point(one) for one in summary.key_points],
            "decisions": [point(one) for one in summary.decisions],
            "open_questions": [point(one) for one in summary.open_questions],
            "dissent": point(summary.dissent) if summary.dissent else None,
            "asks": [point(one) for one in summary.asks],
        }

    def _key(self) -> str:
        """A hash of all that decides what the model says."""
        said = [(one.ts, one.name, one.text) for one in self._thread.messages]
        of = [self._settings.openai_base_url, self._model.name, self._prompt.version, self._join.version, said]
        return hashlib.sha256(json.dumps(of).encode()).hexdigest()

    def write_down(self, seconds: float) -> None:
        """What it cost, in the log and in the database."""
        cost = self._model.cost
        if not cost.calls:
            return
        log.info(
            "model_asked",
            model=self._model.name,
            prompt=self._prompt.version,
            calls=cost.calls,
            tokens_in=cost.tokens_in,
            tokens_out=cost.tokens_out,
            seconds=round(seconds, 1),
        )
        record = model_use.record_calls
        self._save(partial(record, calls=cost.calls, tokens_in=cost.tokens_in, tokens_out=cost.tokens_out))

    def write_down_left_out(self, reason: str) -> None:
        """Why the summary is made without it."""
        log.warning("model_left_out", model=self._model.name, reason=reason)
        self._save(partial(model_use.record_left_out, reason=reason))

    def _save(self, write: Callable[..., None]) -> None:
        try:
            with self._spend.db.begin() as session:
                write(session, team_id=self._spend.team_id, model=self._model.name, now=self._now)
        except SQLAlchemyError as error:
            log.error("model_use_unsaved", kind=type(error).__name__)


def _all(asks: Sequence[Callable[[], T]], until: float, give_up: Callable[[], None]) -> list[T]:
    """What several calls give, AT_ONCE of them at a time, each in a thread that nobody waits for after `until`.

    Raises:
        LeftOut: one of them failed, or was not done in time.
    """
    found, failed, left, lock = dict[int, T](), list[Exception](), list(enumerate(asks)), threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if failed or not left:
                    return
                number, ask = left.pop(0)
            try:
                answer = ask()
            except Exception as error:
                failed.append(error)
                return
            found[number] = answer

    threads = [threading.Thread(target=work, name="model", daemon=True) for _ in range(min(AT_ONCE, len(asks)))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(max(0.0, until + 0.5 - time.monotonic()))
    if failed:
        raise failed[0]
    if len(found) < len(asks):
        give_up()
        raise LeftOut("late")
    return [found[number] for number in range(len(asks))]
