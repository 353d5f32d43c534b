"""Reads what a digest tells one reader, in the variant of their role; what is the same for several is read once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from bot.access import Actor, may
from bot.domain.digest import Counted, Digest, build_digest
from bot.domain.digest_choice import Choice
from bot.domain.digest_company import CompanyDigest, build_company
from bot.domain.digest_numbers import Scope
from bot.domain.digest_period import Period, day_of
from bot.domain.digest_rep import Colleagues, RepDigest
from bot.domain.digest_repeats import themes_of
from bot.domain.digest_searches import group_searches
from bot.domain.digest_team import TeamDigest, build_team
from bot.settings import Settings
from bot.themes import themes_in
from storage import asset, asset_search, digest_company, digest_rep, digest_team
from storage import digest as store
from storage.db import Database
from storage.own_group import find_own_group

Found = Digest | CompanyDigest | TeamDigest | RepDigest
Shared = TypeVar("Shared", CompanyDigest, Colleagues, frozenset[str])

# The richest first: of several roles one digest comes, and it is the one that asks most of its reader.
VARIANTS = {
    "marketer": "read_digest",
    "executive": "read_company_digest",
    "manager": "read_group_digest",
    "overview": "look_at_company_digest",
    "rep": "read_own_digest",
}


def variant_of(actor: Actor) -> str:
    """Which digest somebody reads, by their roles."""
    return next(variant for variant, capability in VARIANTS.items() if may(actor, capability))


class Readings:
    """The digests that are read at one moment, each in looks of its own; themes are found with no transaction open."""

    def __init__(self, db: Database, settings: Settings, now: datetime) -> None:
        self._db, self._settings, self._now = db, settings, now
        self._shared: dict[tuple[Any, ...], Any] = {}

    def read(self, actor: Actor, choice: Choice) -> Found | None:
        """What a digest tells this reader; None where nobody knows who a manager's people are."""
        variant = variant_of(actor)
        if variant == "marketer":
            with self._db.read() as session:
                counted = self._count(session, actor, actor.user_id, choice)
            return self._build(counted, actor.user_id, choice.period)
        if variant in ("executive", "overview"):
            return self._once("company", actor, choice, lambda: self._read_company(actor, choice))
        if variant == "manager":
            return self._read_team(actor, choice)
        colleagues = self._once("colleagues", actor, choice, lambda: self._read_colleagues(actor, choice))
        with self._db.read() as session:
            scope = Scope(self._versions(session, actor, choice))
            told = digest_rep.read_rep(
                session, team_id=actor.team_id, user_id=actor.user_id, period=choice.period, now=self._now, scope=scope
            )
        return replace(told, colleagues=colleagues)

    def concerns(self, actor: Actor, period: Period) -> bool:
        """Whether anything of a period concerns a rep; asked of all at once, since most of the time it is nothing."""

        def look() -> frozenset[str]:
            with self._db.read() as session:
                return digest_rep.list_concerned(session, team_id=actor.team_id, period=period)

        return actor.user_id in self._once("concerned", actor, Choice(period), look)

    def _count(self, session: Session, actor: Actor, reader_id: str, choice: Choice) -> Counted:
        period, team_id = choice.period, actor.team_id
        back, scope = period.looked_back(), Scope(self._versions(session, actor, choice))
        counted = store.count_digest(session, team_id=team_id, reader_id=reader_id, period=period, scope=scope)
        if not scope.is_everything:
            return counted
        missed, cards = asset_search.list_missed, asset.list_names(session, team_id=team_id)
        searches = missed(session, team_id=team_id, start=back.start, end=back.end)
        return replace(counted, searches=group_searches(searches, cards, day_of(self._now, period.tz)))

    def _build(self, counted: Counted, reader_id: str, period: Period) -> Digest:
        themes = themes_of(counted.heard, themes_in(self._settings.themes_file))
        return build_digest(counted, reader_id=reader_id, period=period, now=self._now, themes=themes)

    def _read_company(self, actor: Actor, choice: Choice) -> CompanyDigest:
        with self._db.read() as session:
            counted, scope = self._count(session, actor, "", choice), Scope(self._versions(session, actor, choice))
            answers = digest_company.count_answers(
                session, team_id=actor.team_id, period=choice.period.looked_back(), now=self._now, scope=scope
            )
        return build_company(self._build(counted, "", choice.period), counted, answers)

    def _read_team(self, actor: Actor, choice: Choice) -> TeamDigest | None:
        with self._db.read() as session:
            own = find_own_group(session, team_id=actor.team_id, manager_id=actor.user_id)
            if own is None:
                return None
            counted = digest_team.count_team(
                session,
                own,
                manager=actor,
                period=choice.period,
                version_ids=self._versions(session, actor, choice),
            )
        return build_team(counted, group=own.in_words(), period=choice.period, now=self._now)

    def _read_colleagues(self, actor: Actor, choice: Choice) -> Colleagues:
        with self._db.read() as session:
            scope = Scope(self._versions(session, actor, choice))
            return digest_rep.read_colleagues(session, team_id=actor.team_id, period=choice.period, scope=scope)

    def _versions(self, session: Session, actor: Actor, choice: Choice) -> frozenset[int] | None:
        if not choice.about.key:
            return None
        return choice.about.versions(asset.list_names(session, team_id=actor.team_id))

    def _once(self, what: str, actor: Actor, choice: Choice, read: Callable[[], Shared]) -> Shared:
        period = choice.period
        key = (what, actor.team_id, period.first, period.until, period.tz, choice.about.key)
        if key not in self._shared:
            self._shared[key] = read()
        found: Shared = self._shared[key]
        return found
