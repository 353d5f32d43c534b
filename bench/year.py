"""Three years of questions to two thousand people in forty zones: `python -m bench.year`.

The real code runs on a real SQLite file by a clock of its own: every `run_due` of the features that ask, the real job
worker, the real one place that asks. Slack is left out: who is away is read from `bench.year_people`, and what stands
in the outbox is taken for sent.
"""

import argparse
import heapq
import itertools
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import structlog
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlmodel import Session, col, select

from bench.year_check import check_years
from bench.year_people import REGIONS, TEAM, Life, Presence, meet
from bot import asking
from bot.domain.audience import Audience
from bot.domain.check_in import SUGGESTIONS, Cadence, CheckInFields, Question
from bot.domain.feedback import USES, FeedbackFields
from bot.intake import Act
from bot.jobs import Worker
from bot.reader import Reader
from bot.settings import Settings, read_settings
from handlers import JOBS, ask, check_in_close, check_in_round, filed_away
from storage import ask_stop, check_in, feedback, filed_away_plan, people, workspace
from storage import filed_away as checks
from storage.ask import KINDS, Ask, AskMessage
from storage.asset import Asset, AssetVersion
from storage.db import Database
from storage.outbox import Outbox
from storage.schema import migrate

START = datetime(2026, 11, 23, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IDLE = timedelta(hours=6)  # the clock ticks that often even if no ask is due
# How the clock goes on after a tick, and how often.
EVENTS = {"an hour": 985, "restart": 8, "half a day": 4, "two days": 2, "two weeks": 0.15}
RUN_DUE = (filed_away.run_due, check_in_round.run_due, check_in_close.run_due)
SETTINGS: Settings = read_settings(env_file=None, slack_bot_token="xoxb-bench", database_url="sqlite:///none.db")


@dataclass(frozen=True)
class Size:
    """How much happens: `days` of it, with so many people, of whom some are reps; assets released a year; groups."""

    days: int = 3 * 365
    people: int = 2000
    reps: int = 80
    releases: int = 60
    groups: int = 3  # managers who ask their own ten people each week


QUICK = Size(days=45, people=80, reps=40, releases=60, groups=1)


@dataclass
class Found:
    """What came of it; `wrong` has a sentence for each thing that is not as it must be."""

    ticks: int = 0
    jobs: int = 0
    events: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0
    longest_tick: float = 0


class Years:
    """The company, its clock, and what people do by themselves."""

    def __init__(self, url: str, size: Size, seed: int) -> None:
        self.url, self.size, self.dice, self.found = url, size, random.Random(seed), Found()
        self.now, self.end = START, START + timedelta(days=size.days)
        lives = meet(size.people, size.reps, START, self.end, self.dice)
        self.lives = {life.user_id: life for life in lives}
        self.presence = Presence(self.lives)
        self._coming: list[tuple[datetime, int, Callable[[Session, datetime], None]]] = []
        self._newest, self._numbers = 0, itertools.count()
        self.open()

    def open(self) -> None:
        """The app's process begins: at first, and after each restart."""
        self.db = Database(self.url)
        self.worker = Worker(
            team_id=TEAM,
            settings=SETTINGS,
            db=self.db,
            reader=cast(Reader, self.presence),
            now=lambda: self.now,
            work=JOBS,
            publish_home=lambda _user_id, _view: None,
        )

    def later(self, moment: datetime, do: Callable[[Session, datetime], None]) -> None:
        """Something happens at a moment, whatever the app does."""
        heapq.heappush(self._coming, (moment, next(self._numbers), do))

    # what the company is

    def found_company(self) -> None:
        """Everybody joins, the check-ins are started, and releases, leaving and coming back are planned."""
        marketers = [life.user_id for life in self.lives.values() if life.role == "marketer"]
        managers = [life.user_id for life in self.lives.values() if life.role == "manager"]
        with self.db.begin() as session:
            workspace.record_workspace(session, team_id=TEAM, name="Years", bot_user_id="", now=START)
            for life in self.lives.values():
                known = {"name": life.user_id, "tz": life.tz, "region": life.region, "working_hours": life.hours}
                people.record_person(session, team_id=TEAM, user_id=life.user_id, now=START, **known)
                if life.role != "rep":
                    roles = frozenset({life.role})
                    people.record_roles(session, team_id=TEAM, user_id=life.user_id, roles=roles)
            for suggestion in SUGGESTIONS:
                self._start(session, marketers[0], suggestion.fields)
            for place, manager in enumerate(managers[: self.size.groups]):
                self._gather(session, manager, place)
                cadence = Cadence("1", place % 5, f"{8 + place % 9:02}:30")
                own = Audience(role="", regions=(f"Group {place}",))
                questions = (Question("What did you need that you did not have?"),)
                self._start(session, manager, CheckInFields(f"Group {place}", own, questions, cadence, None))
        for life in self.lives.values():
            for left, back in life.gone:
                self.later(left, self._active(life.user_id, is_active=False))
                self.later(back, self._active(life.user_id, is_active=True))
        for number in range(self.size.releases * self.size.days // 365):
            moment = START + timedelta(days=self.dice.uniform(0, self.size.days))
            self.later(moment, self._release(number, self.dice.choice(marketers)))

    def _start(self, session: Session, owner_id: str, fields: CheckInFields) -> None:
        fields = CheckInFields(fields.name, fields.audience, fields.questions, fields.cadence, START.date())
        check_in.add_check_in(session, team_id=TEAM, owner_id=owner_id, fields=fields, now=START)

    def _gather(self, session: Session, manager_id: str, place: int) -> None:
        """A manager's group: ten people who are asked by others too."""
        group = self.dice.sample([life.user_id for life in self.lives.values() if life.role == "rep"], 10)
        for user_id in [manager_id, *group]:
            people.record_person(session, team_id=TEAM, user_id=user_id, now=START, region=f"Group {place}")

    def _active(self, user_id: str, *, is_active: bool) -> Callable[[Session, datetime], None]:
        def do(session: Session, now: datetime) -> None:
            people.record_person(session, team_id=TEAM, user_id=user_id, now=now, is_active=is_active)

        return do

    def _release(self, number: int, owner_id: str) -> Callable[[Session, datetime], None]:
        regions = tuple(self.dice.sample(REGIONS, self.dice.choice([0, 0, 1, 3])))
        role = self.dice.choice(["rep", "rep", "rep", ""])

        def do(session: Session, now: datetime) -> None:
            asset = Asset(team_id=TEAM, reference=f"R{number}", reference_key=f"r{number}", created_at=now)
            session.add(asset)
            session.flush()
            version = AssetVersion(
                team_id=TEAM, asset_id=asset.id or 0, version="v1", number=1, title=f"Deck {number}", kind="deck",
                owner_id=owner_id, review_days=20, released_at=now, created_at=now,
            )  # fmt: skip
            session.add(version)
            session.flush()
            audience = Audience(role=role, regions=regions)
            filed_away_plan.plan_checks(session, version, default_tz="UTC", now=now, audience=audience)

        return do

    # what people do

    def react(self) -> None:
        """Whoever got a message answers it, now or later, or does not, or puts it off, or wants no more of these."""
        with self.db.read() as session:
            query = select(AskMessage, Ask).join(Ask, col(Ask.id) == col(AskMessage.ask_id))
            rows = session.exec(query.where(col(AskMessage.id) > self._newest).order_by(col(AskMessage.id))).all()
        for message, asked in rows:
            self._newest = message.id or 0
            life, dice = self.lives[message.user_id], self.dice
            after = self.now + timedelta(minutes=dice.choice([1, 30, 300, 1500, 4000]))
            if dice.random() < life.answers:
                self.later(after, self._answer(asked.id or 0, life))
            elif dice.random() < 0.03:
                self.later(after, self._snooze(asked.id or 0, life))
            elif dice.random() < 0.01:
                self.later(after, self._stop(asked, life))

    def _answer(self, ask_id: int, life: Life) -> Callable[[Session, datetime], None]:
        use = self.dice.choice([*USES])

        def do(session: Session, now: datetime) -> None:
            row = asking.get_ask(session, TEAM, ask_id, life.user_id)
            assert row is not None
            if row.kind == "filed_away":
                self._use(session, row, life, use, now)
            asking.record_answered(session, row, now)

        return do

    def _use(self, session: Session, row: Ask, life: Life, use: str, now: datetime) -> None:
        check = checks.get_check(session, team_id=TEAM, check_id=row.subject_id)
        assert check is not None
        said = feedback.add_feedback(
            session, team_id=TEAM, user_id=life.user_id, region=life.region, source="check_in",
            fields=FeedbackFields(asset_version_id=check.asset_version_id, use=use), now=now, reply_hours=48,
        )  # fmt: skip
        checks.record_answer(session, check, ask_id=row.id or 0, feedback=said, use=use, now=now)

    def _snooze(self, ask_id: int, life: Life) -> Callable[[Session, datetime], None]:
        def do(session: Session, now: datetime) -> None:
            actor = people.find_actor(session, team_id=TEAM, user_id=life.user_id, admins=frozenset(), default_tz="UTC")
            if actor.tz not in ("Mars/Olympus",):
                ask.snooze(session, Act(actor, now, SETTINGS, {"actions": [{"value": str(ask_id)}]}))

        return do

    def _stop(self, asked: Ask, life: Life) -> Callable[[Session, datetime], None]:
        def do(session: Session, now: datetime) -> None:
            spans = life.stops.setdefault(asked.stop_key, [])
            if spans and spans[-1][1] > now:
                return
            ask_stop.record_stop(
                session, team_id=TEAM, user_id=life.user_id, stop_key=asked.stop_key, label="", now=now
            )
            back = now + timedelta(days=self.dice.choice([1, 30, 300]))
            spans.append((now, back))
            self.later(back, resume)

        def resume(session: Session, _now: datetime) -> None:
            ask_stop.forget_stop(session, team_id=TEAM, user_id=life.user_id, stop_key=asked.stop_key)

        return do

    # the clock

    def live_until(self, moment: datetime) -> None:
        """What people do until then happens, each thing at its own time."""
        while self._coming and self._coming[0][0] <= moment:
            with self.db.begin() as session:
                for _ in range(100):
                    if not self._coming or self._coming[0][0] > moment:
                        break
                    at, _, do = heapq.heappop(self._coming)
                    do(session, at)

    def tick(self) -> None:
        """One look of the app at what is due, and the jobs that follow; all that it says is taken for sent."""
        self.presence.now, began = self.now, time.perf_counter()
        for run_due in RUN_DUE:
            run_due(self.db, TEAM, self.now, SETTINGS)
        self.found.longest_tick = max(self.found.longest_tick, time.perf_counter() - began)
        while self.worker.do_next():
            self.found.jobs += 1
        with self.db.begin() as session:
            sent = {"state": "sent", "channel_id": "D1", "message_ts": "1.1"}
            session.connection().execute(
                Outbox.__table__.update().where(Outbox.__table__.c.state == "pending").values(**sent)  # type: ignore[attr-defined]
            )
        self.found.ticks += 1
        self.react()

    def next_due(self) -> datetime:
        """The next full hour in which an ask is due, or six hours from now."""
        latest, due = self.now + IDLE, self.now + IDLE
        with self.db.read() as session:
            for kind in KINDS:
                query = select(Ask.next_at).where(Ask.team_id == TEAM, Ask.kind == kind, col(Ask.next_at).is_not(None))
                due = min(due, session.exec(query.order_by(col(Ask.next_at)).limit(1)).first() or due)
        if due >= latest:
            return latest
        late = due - START
        return max(self.now + HOUR, START + HOUR * -(-late // HOUR))

    def run(self, seen: Callable[[datetime], None]) -> None:
        """All of it."""
        began = time.monotonic()
        self.found_company()
        while self.now < self.end:
            self.live_until(self.now)
            self.tick()
            seen(self.now)
            event = self.dice.choices([*EVENTS], [*EVENTS.values()])[0]
            self.found.events[event] += 1
            later = self.next_due()
            if event == "restart":
                self.db.close()
                self.open()
            elif event != "an hour":
                later = self.now + {"half a day": DAY / 2, "two days": 2 * DAY}.get(event, 14 * DAY)
            self.now = min(later, self.end)
        self.live_until(self.end)
        self.tick()
        self.found.seconds = time.monotonic() - began


def years(url: str, size: Size, console: Console, seed: int = 1) -> Found:
    """Run them and hold the tables against what must be in them."""
    company = Years(url, size, seed)
    with Progress(console=console, transient=True) as progress:
        shown = progress.add_task(f"{size.days:,} days, {size.people:,} people", total=size.days)
        company.run(lambda now: progress.update(shown, completed=(now - START).days))
    with company.db.read() as session:
        check_years(session, company.lives, company.found, start=START, end=company.end)
    company.found.figures["reads from Slack"] = company.presence.asked
    company.db.close()
    return company.found


def show(found: Found, size: Size, console: Console) -> None:
    """The table, and what was wrong."""
    table = Table(title=f"{size.days / 365:.1f} years, {size.people:,} people, 40 zones")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for name, number in {"ticks": found.ticks, "jobs": found.jobs, **found.figures}.items():
        table.add_row(name, f"{number:,}")
    for reason, number in found.refused.most_common():
        table.add_row(f"not asked: {reason}", f"{number:,}")
    table.add_row("wrong", f"{len(found.wrong):,}")
    console.print(table)
    console.print("The clock: " + ", ".join(f"{name} {number:,}" for name, number in found.events.most_common()))
    for told in found.wrong[:20]:
        console.print(told, highlight=False, markup=False)


def main(argv: list[str] | None = None) -> int:
    """Run and print; gives 1 if anything was wrong."""
    arguments = argparse.ArgumentParser(description="Three years of questions to two thousand people.")
    arguments.add_argument("--quick", action="store_true", help="a few weeks of a small company")
    arguments.add_argument("--seed", type=int, default=1, help="another fate")
    given = arguments.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    console, size = Console(), QUICK if given.quick else Size()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "year.db"
        db = Database(f"sqlite:///{path}")
        migrate(db)
        db.close()
        found = years(db.url, size, console, given.seed)
        size_mb = round(path.stat().st_size / 1e6)
    show(found, size, console)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    told: dict[str, Any] = {"bench": "year", "days": size.days, "people": size.people, **found.figures}
    told |= {"refused": dict(found.refused), "wrong": len(found.wrong), "seconds": round(found.seconds, 1)}
    told |= {
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "longest_tick_ms": round(found.longest_tick * 1000),
    }
    told |= {"memory_mb": round(usage.ru_maxrss / 1024), "database_mb": size_mb}
    print(json.dumps(told))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
