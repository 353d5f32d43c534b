"""The product's table of contents: every feature, what is due, and what is done after the answer."""

from collections.abc import Callable

from bot.clock import RunDue
from bot.intake import Listener
from bot.jobs import Task
from handlers import (
    ask,
    asset,
    asset_expiry,
    asset_keep,
    asset_release,
    audit,
    check_in,
    check_in_answer,
    check_in_close,
    check_in_round,
    digest,
    digest_settings,
    erasure,
    export,
    feedback,
    feedback_mine,
    feedback_quote,
    feedback_reply,
    filed_away,
    filed_away_answer,
    filed_away_audience,
    home,
    own_group,
    people,
    people_sync,
    privacy,
    pulse,
    pulse_answer,
    pulse_close,
    pulse_form,
    pulse_open,
    pulse_outcome,
    pulse_recurring,
    pulse_result,
    quiet,
    reaction,
    retention,
    settings,
    thread,
    thread_read,
    welcome,
)

FEATURES = (
    people,
    people_sync,
    own_group,
    audit,
    asset,
    asset_keep,
    asset_release,
    asset_expiry,
    feedback,
    feedback_mine,
    feedback_reply,
    feedback_quote,
    reaction,
    thread,
    thread_read,
    filed_away,
    filed_away_answer,
    filed_away_audience,
    check_in,
    check_in_round,
    check_in_close,  # behind the rounds: they know why somebody was not asked
    check_in_answer,
    pulse,
    pulse_form,
    pulse_open,
    pulse_answer,
    pulse_close,
    pulse_recurring,  # behind the close: what is over has no outcome yet, and is open no more
    pulse_result,
    pulse_outcome,
    digest,
    digest_settings,
    ask,
    quiet,
    settings,
    privacy,
    export,
    erasure,
    retention,
    home,
    welcome,
)

LISTENERS: tuple[Listener, ...] = tuple(listener for feature in FEATURES for listener in feature.LISTENERS)

JOBS: dict[str, Callable[[Task], None]] = {name: do for feature in FEATURES for name, do in feature.JOBS.items()}

RUN_DUE: tuple[RunDue, ...] = tuple(feature.run_due for feature in FEATURES if hasattr(feature, "run_due"))
