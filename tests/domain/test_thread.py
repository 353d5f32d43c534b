"""Captured threads: which thread an event is about, what is kept of a message, and what is left of a summary."""

from typing import Any

import pytest

from bot.domain.summary import Point, Summary
from bot.domain.thread import LONGEST, MOST, Said, Standing, kept_of, link_to, moment_of, read_said, thread_of, without

ROOT, REPLY = "1794907861.000137", "1794909311.000274"


@pytest.mark.parametrize(
    ("event", "thread"),
    [
        ({"ts": ROOT}, ""),  # just written, in no thread
        ({"ts": REPLY, "thread_ts": ROOT}, ROOT),
        ({"ts": REPLY, "thread_ts": ROOT, "subtype": "file_share"}, ROOT),
        ({"ts": REPLY, "thread_ts": ROOT, "subtype": "thread_broadcast"}, ROOT),
        ({"ts": "9.9", "subtype": "message_changed", "message": {"ts": REPLY, "thread_ts": ROOT}}, ROOT),
        ({"ts": "9.9", "subtype": "message_changed", "message": {"ts": ROOT}}, ROOT),
        ({"ts": "9.9", "subtype": "message_deleted", "previous_message": {"ts": REPLY, "thread_ts": ROOT}}, ROOT),
        ({"ts": "9.9", "subtype": "message_deleted", "deleted_ts": ROOT}, ROOT),
        ({"ts": "9.9", "subtype": "message_changed"}, ""),
        ({"ts": "9.9", "subtype": "channel_join"}, ""),
        ({}, ""),
    ],
)
def test_an_event_is_about_one_thread(event: dict[str, Any], thread: str) -> None:
    assert thread_of(event) == thread


def test_the_address_of_a_reply_follows_from_that_of_the_first_message() -> None:
    link = "https://meridian.slack.com/archives/CJFD89W87/p1794907861000137"
    reply = "https://meridian.slack.com/archives/CJFD89W87/p1794909311000274?thread_ts=1794907861.000137&cid=CJFD89W87"
    assert link_to(link, ROOT, ROOT) == link
    assert link_to(link, ROOT, REPLY) == reply
    assert link_to("", ROOT, REPLY) == ""
    assert link_to("https://elsewhere.example/", ROOT, REPLY) == ""


def test_a_message_is_screened_whole_before_it_is_cut() -> None:
    end = "The screw broke inside the patient and she was operated again."
    said = read_said(REPLY, "U1", "x " * LONGEST + end)
    assert said.held_for
    assert len(said.text) <= LONGEST
    assert read_said(REPLY, "U1", "nothing of the kind").held_for == ""
    assert read_said(REPLY, "U1", "", files=2) == Said(REPLY, "U1", "", 2)


def test_of_too_many_the_first_and_the_newest_are_kept() -> None:
    many = [Said(str(number), "U1", "") for number in range(MOST + 10)]
    kept = kept_of(many)
    assert len(kept) == MOST
    assert (kept[0].ts, kept[1].ts, kept[-1].ts) == ("0", "11", str(MOST + 9))
    assert kept_of(many[:MOST]) == many[:MOST]


def test_what_rests_on_words_that_are_gone_is_gone() -> None:
    mine, both, yours = Point("mine", (ROOT,)), Point("both", (ROOT, REPLY)), Point("yours", (REPLY,))
    summary = Summary(key_points=(mine, both, yours), decisions=(mine,), dissent=both, asks=(yours,), dropped=1)
    left = without(summary, {ROOT})
    assert left.points == (yours, yours)
    assert left.dissent is None
    assert left.dropped == 1 + 4
    assert without(summary, set()) == summary


def test_what_is_no_moment_is_long_ago() -> None:
    assert moment_of("x").year == moment_of("1e400").year == 1970
    assert f"{moment_of(ROOT):%Y-%m-%d}" == "2026-11-17"


def test_who_may_do_what() -> None:
    nobody, marketer = Standing("U1"), Standing("U1", is_marketer=True)
    assert (nobody.may_read, nobody.is_in_it, nobody.may_take_back) == (False, False, False)
    assert (marketer.may_read, marketer.is_in_it, marketer.may_take_back) == (True, False, False)
    assert Standing("U1", wrote=True).may_read
    assert not Standing("U1", wrote=True).may_take_back
    assert Standing("U1", sent=True).may_take_back
    assert Standing("U1", is_author=True).may_take_back
