"""The company of three years: its people, what it asks them by itself, and what they do when they are asked."""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from bench.year_people import REGIONS, TEAM, Life, meet
from bot import asking
from bot.domain.audience import Audience
from bot.domain.check_in import SUGGESTIONS, Cadence, CheckInFields, Question
from bot.domain.feedback import USES, FeedbackFields
from bot.intake import Act
from bot.settings import Settings, read_settings
from handlers import ask
from storage import ask_stop, check_in, feedback, filed_away_plan, people, workspace
from storage import filed_away as checks
from storage.ask import Ask, AskMessage
from storage.asset import Asset, AssetVersion
from storage.db import Database

START = datetime(2026, 11, 23, tzinfo=UTC)  # a Monday
SETTINGS: Settings = read_settings(env_file=None, slack_bot_token="xoxb-bench", database_url="sqlite:///none.db")
Happening = Callable[[Session, datetime], None]


@dataclass(frozen=True)
class Size:
    """How much happens: `days` of it, with so many people, of whom some are reps; assets released a year; groups."""

    days: int = 3 * 365
    people: int = 2000
    reps: int = 80
    releases: int = 60
    groups: int = 3  # managers who ask their own ten people each week


class Company:
    """Everybody, and what happens to them and by them, each thing at its own time."""

    def __init__(self, size: Size, dice: random.Random) -> None:
        self.size, self.dice = size, dice
        self.end = START + timedelta(days=size.days)
        self.lives = {life.user_id: life for life in meet(size.people, size.reps, START, self.end, dice)}
        self._coming: list[tuple[datetime, int, Happening]] = []
        self._newest, self._numbers = 0, itertools.count()

    def later(self, moment: datetime, do: Happening) -> None:
        """Something happens at a moment, whatever the app does."""
        heapq.heappush(self._coming, (moment, next(self._numbers), do))

    def live_until(self, db: Database, moment: datetime) -> None:
        """What people do until then happens, each thing at its own time."""
        while self._coming and self._coming[0][0] <= moment:
            with db.begin() as session:
                for _ in range(100):
                    if not self._coming or self._coming[0][0] > moment:
                        break
                    at, _, do = heapq.heappop(self._coming)
                    do(session, at)

    # what the company is

    def found_all(self, db: Database) -> None:
        """Everybody joins, the check-ins are started, and releases, leaving and coming back are planned."""
        marketers = [life.user_id for life in self.lives.values() if life.role == "marketer"]
        managers = [life.user_id for life in self.lives.values() if life.role == "manager"]
        with db.begin() as session:
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

    def _active(self, user_id: str, *, is_active: bool) -> Happening:
        def do(session: Session, now: datetime) -> None:
            people.record_person(session, team_id=TEAM, user_id=user_id, now=now, is_active=is_active)

        return do

    def _release(self, number: int, owner_id: str) -> Happening:
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

    def react(self, db: Database, now: datetime) -> None:
        """Whoever got a message answers it, now or later, or does not, or puts it off, or wants no more of these."""
        with db.read() as session:
            query = select(AskMessage, Ask).join(Ask, col(Ask.id) == col(AskMessage.ask_id))
            rows = session.exec(query.where(col(AskMessage.id) > self._newest).order_by(col(AskMessage.id))).all()
        for message, asked in rows:
            self._newest = message.id or 0
            life, dice = self.lives[message.user_id], self.dice
            after = now + timedelta(minutes=dice.choice([1, 30, 300, 1500, 4000]))
            if dice.random() < life.answers:
                self.later(after, self._answer(asked.id or 0, life))
            elif dice.random() < 0.03:
                self.later(after, self._snooze(asked.id or 0, life))
            elif dice.random() < 0.01:
                self.later(after, self._stop(asked, life))

    def _answer(self, ask_id: int, life: Life) -> Happening:
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

    def _snooze(self, ask_id: int, life: Life) -> Happening:
        def do(session: Session, now: datetime) -> None:
            actor = people.find_actor(session, team_id=TEAM, user_id=life.user_id, admins=frozenset(), default_tz="UTC")
            if actor.tz not in ("Mars/Olympus",):
                ask.snooze(session, Act(actor, now, SETTINGS, {"actions": [{"value": str(ask_id)}]}))

        return do

    def _stop(self, asked: Ask, life: Life) -> Happening:
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
