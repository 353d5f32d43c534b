"""The lines of a digest: one asset and what is said of it."""

from datetime import date

from bot.domain.digest_findings import GOOD_MEAN, Finding
from bot.domain.digest_loops import NewVersion
from bot.domain.digest_numbers import Subject, Tally
from bot.domain.digest_searches import Search
from bot.domain.filed_away import CheckFinding
from bot.domain.pulse_finding import PulseFinding
from bot.domain.text import clip, count, inert
from bot.views.asset_card import no_longer
from bot.views.filed_away_owner import reasons_line, result_line
from bot.views.pulse_result import answered_line
from bot.views.pulse_result import finding_line as result_finding

HEADS = {
    "worked": "🟢 *Worked*",
    "unused": "🗄️ *In the drawer*",
    "not_found": "🔎 *Could not be found*",
    "outdated": "⌛ *Outdated, and still in use*",
    "silent": "🤫 *Nobody speaks of it*",
}
NOBODY_SAID = "Nobody has said yet what was done with it."
QUESTION, OUTCOME = 120, 200  # characters
NAME = 48  # characters of a title: a phone shows it in two lines


def named(subject: Subject) -> str:
    """Title and version as mrkdwn."""
    return f"*{inert(clip(subject.title, NAME))}* {inert(clip(subject.version, 40))}"


def region_name(region: str) -> str:
    """A region as mrkdwn."""
    return inert(clip(region, 80)) or "no region"


def finding_line(found: Finding) -> str:
    """One asset version and what the numbers say of it, as mrkdwn."""
    told = {
        "worked": _worked,
        "unused": _unused,
        "not_found": _not_found,
        "outdated": _outdated,
        "silent": _silent,
        "own": _own,
    }[found.kind](found)
    return f"{named(found.subject)}{_stake(found.subject)}: {told}"


def checked_line(subject: Subject, check: CheckFinding) -> str:
    """One asset version and what its filed-away check found, as mrkdwn."""
    reasons = reasons_line(check.uses)
    return f"{named(subject)}{_stake(subject)}: {result_line(check)}." + (
        f" {reasons[:1].upper()}{reasons[1:]}." if reasons else ""
    )


def pulse_line(found: PulseFinding) -> str:
    """A pulse that has closed, what it came to and what was done with it, as mrkdwn."""
    questions = found.result.questions
    more = f" and {count(len(questions) - 1, 'more question', 'more questions')}" if questions[1:] else ""
    asked = f"*{inert(clip(questions[0].question.text, QUESTION))}*{more}"
    by = f" (asked by {inert(clip(found.asker, 80))})" if found.asker else ""
    came = f" {result_finding(questions[0])}" if found.result.answered is not None else ""
    done = f"What was done: {inert(clip(found.outcome, OUTCOME))}" if found.outcome else NOBODY_SAID
    return f"{asked}{by}: {answered_line(found.result)}{came} {done}"


def version_line(one: NewVersion) -> str:
    """A new version held against the one that it replaced, as mrkdwn."""
    new, old = one.tally, one.old_tally
    numbers = (
        f"rated {new.mean or 0:.1f} ({count(new.ratings, 'rating', 'ratings')}), "
        f"{inert(clip(one.old.version, 40))} had {old.mean or 0:.1f} ({old.ratings:,})"
    )
    verdicts = {
        "hit": f"🎯 {named(one.subject)} hits: {numbers}",
        "worse": f"↘️ {named(one.subject)} is liked less: {numbers}",
        "early": f"⏳ {named(one.subject)}: {numbers}; too few to be sure",
        "same": f"{named(one.subject)}: {numbers}; no clear difference yet",
    }
    return verdicts[one.verdict]


def outcome_line(one: PulseFinding) -> str:
    """A pulse of which those who were asked heard what was done, as mrkdwn."""
    asked = inert(clip(one.result.questions[0].question.text, QUESTION))
    return f"*{asked}*: those who were asked heard what was done: {inert(clip(one.outcome, OUTCOME))}"


def expiring_line(subject: Subject, tally: Tally | None, today: date) -> str:
    """An asset version that expires or has expired, with the evidence of use where it may be told, as mrkdwn."""
    day = f"{subject.expires_on.day} {subject.expires_on:%b}" if subject.expires_on else ""
    past = " (past)" if subject.expires_on and subject.expires_on < today else ""
    return f"{named(subject)}{_stake(subject)} {day}{past}" + (f": {evidence(tally)}" if tally else "")


def evidence(tally: Tally) -> str:
    """What the field made of an asset version, in a few words."""
    if not tally.said:
        return "nobody has spoken of it in 13 weeks"
    outcomes = {"helped": tally.helped, "hurt": tally.hurt}
    parts = [_used(tally)] + [f"{name} {count(times, 'time', 'times')}" for name, times in outcomes.items() if times]
    return ", ".join([*parts, *([f"rated {tally.mean:.1f}"] if tally.mean is not None else [])])


def search_line(search: Search, today: date) -> str:
    """Words that people searched for and did not find, and what they may have meant, as mrkdwn."""
    who = f"{count(search.people, 'person', 'people')} looked for “{inert(clip(search.words, NAME))}”"
    if search.ended is not None:
        told = no_longer(search.ended, None, today)
        return f"{who}. {told.split(', and nothing')[0]}, and nothing has taken its place."
    if search.near is not None:
        title = f"*{inert(clip(search.near.title, NAME))}*"
        return f"{who}. Did they mean {title}? Its field “Also known as” takes more names."
    return f"{who}, and nothing comes near."


def mover_line(found: Finding) -> str:
    """An asset that is used more, or less, from week to week, as mrkdwn; use alone is no success."""
    tally, weeks = found.tally, found.tally.weeks
    was = ", ".join(str(number) for number in weeks[:-1])
    is_bad = tally.mean is not None and tally.mean < GOOD_MEAN
    signs = {
        ("rising", False): ("📈", "is catching on"),
        ("rising", True): ("🚩", "is used more and more, and does not please"),
        ("falling", False): ("📉", "is used less and less"),
        ("falling", True): ("📉", "is used less and less"),
    }
    sign, verb = signs[found.kind, is_bad]
    told = (
        f"{sign} {named(found.subject)} {verb}: {count(weeks[-1], 'use', 'uses')} in the last week, before that {was}."
    )
    rated = f" Rated {tally.mean:.1f} by those who rated it." if tally.mean is not None else ""
    return told + rated


def _stake(subject: Subject) -> str:
    days = subject.review_days
    return f" ({count(days, 'review day', 'review days')})" if days else ""


def _worked(found: Finding) -> str:
    tally = found.tally
    hurt = f", hurt {count(tally.hurt, 'time', 'times')}" if tally.hurt else ""
    rated = f", rated {tally.mean:.1f}" if tally.mean is not None else ""
    return f"{_used(tally)}, helped {count(tally.helped, 'time', 'times')}{hurt}{rated}."


def _unused(found: Finding) -> str:
    tally = found.tally
    used = "nobody used it" if not tally.users else f"{tally.users:,} used it"
    return f"of {count(tally.people, 'person', 'people')} who spoke {used} with a customer. {_reasons(tally)}"


def _not_found(found: Finding) -> str:
    tally = found.tally
    used = _used(tally)
    return f"{tally.missed:,} of {count(tally.people, 'person', 'people')} missed it. {_reasons(tally)} {used}."


def _reasons(tally: Tally) -> str:
    """Why it was not used, the most frequent reason first."""
    reasons = [
        (tally.did_not_know, "did not know it"),
        (tally.could_not_find, "could not find it"),
        (tally.opened_only, "only opened it"),
        (tally.not_for_my_accounts, "not for their accounts"),
    ]
    told = [f"{number:,} {words}" for number, words in sorted(reasons, key=lambda one: -one[0]) if number]
    return f"{', '.join(told).capitalize()}." if told else ""


def _outdated(found: Finding) -> str:
    tally, subject = found.tally, found.subject
    parts = []
    if tally.late_uses:
        hurt = f", hurt {count(tally.late_hurt, 'time', 'times')}" if tally.late_hurt else ""
        uses, users = count(tally.late_uses, "use", "uses"), count(tally.late_people, "person", "people")
        parts.append(f"{uses} by {users} after {_end(subject)}{hurt}.")
    if tally.outdated:
        parts.append(f"{count(tally.outdated, 'person calls', 'people call')} it outdated.")
    return " ".join(parts)


def _end(subject: Subject) -> str:
    if subject.successor:
        return f"{inert(clip(subject.successor, 40))} replaced it"
    return "it was retired" if subject.is_retired else "it expired"


def _silent(found: Finding) -> str:
    released = found.subject.released_at
    since = f" since {released.day} {released:%b %Y}" if released else ""
    return f"out{since}, and not a word in 13 weeks."


def _own(found: Finding) -> str:
    tally = found.tally
    parts = [
        f"{count(tally.said, 'piece', 'pieces')} of feedback from {count(tally.people, 'person', 'people')}",
        count(tally.uses, "use", "uses") if tally.uses else "",
        f"helped {tally.helped:,}" if tally.helped else "",
        f"no effect {tally.no_effect:,}" if tally.no_effect else "",
        f"hurt {tally.hurt:,}" if tally.hurt else "",
        f"rated {tally.mean:.1f} ({tally.ratings:,})" if tally.mean is not None else "",
    ]
    reasons = _reasons(tally)
    return " · ".join(filter(None, parts)) + (f". {reasons}" if reasons else ".")


def _used(tally: Tally) -> str:
    return f"{count(tally.uses, 'use', 'uses')} by {count(tally.users, 'person', 'people')}" if tally.uses else "no use"
