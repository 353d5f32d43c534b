"""Captured threads on the screen: the worst data against Slack's limits, and who reads what."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.summary import Point, Summary
from bot.domain.thread import DELETED, RELEASED, TAKEN_BACK, Standing, Told
from bot.views import thread as views
from bot.views import thread_summary
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

FORM = "https://quality.example/report"
EVIL = "<!channel> <@U12345678> & *bold* `x` | \u202e👩‍👩‍👧 "
LONG = (EVIL * 400)[:8000]
ROOT = "1794907861.000137"
LINK = f"https://meridian.slack.com/archives/CJFD89W87/p{ROOT.replace('.', '')}"
STAMPS = tuple(f"1794909{number:03}.000274" for number in range(60))


def points(count: int, text: str = LONG[:230]) -> tuple[Point, ...]:
    return tuple(Point(text, STAMPS[number : number + 9], quote=LONG[:300], by=EVIL) for number in range(count))


WORST = Told(
    thread_id=2**31 - 1, state="captured", channel=LONG[:80], root_ts=ROOT, link=LINK, author_id="U1",
    author=LONG[:300], senders=tuple(LONG[:300] for _ in range(9)), messages=5000, held=300, left_out=20, unread=9000,
    summary=Summary(points(12), points(12), points(12), points(1)[0], points(12), 7, "gpt" + EVIL * 5, 4680),
    names=dict.fromkeys(STAMPS, LONG[:300]), texts=dict.fromkeys(STAMPS, LONG),
)  # fmt: skip
BARE = Told(thread_id=1, state="captured", channel="", root_ts=ROOT, summary=Summary(), messages=1)
MARKETER = Standing(user_id="U2", is_marketer=True)
EVERYTHING = Standing("U1", "UTC", is_marketer=True, sent=True, is_author=True, wrote=True, is_held=True)
WRITER = Standing("U3", wrote=True)
MESSAGES = {
    f"{shown}, {who}": views.person_message(told, standing, FORM)
    for shown, told in {
        "worst": WORST, "bare": BARE, "read": replace(BARE, summary=None), "gone": replace(WORST, state=DELETED),
        "released": replace(WORST, state=RELEASED, ended_by="U1"), "ended": replace(WORST, state=TAKEN_BACK),
    }.items()
    for who, standing in {"marketer": MARKETER, "everything": EVERYTHING, "writer": WRITER}.items()
} | {
    "details": thread_summary.details_message(WORST), "bare details": thread_summary.details_message(BARE),
    "anew": views.sent_anew(), "no details": thread_summary.details_message(replace(WORST, summary=None)),
    "in the thread": thread_summary.thread_message(WORST), "bare": thread_summary.thread_message(BARE),
} | {why: views.refusal(why) for why in views.REFUSED}  # fmt: skip


def said(message: dict[str, Any]) -> str:
    return "\n".join(mrkdwn(message["blocks"]))


def buttons(message: dict[str, Any]) -> list[str]:
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    message = MESSAGES[name]
    assert check_message(message["text"], message["blocks"], []) == []
    for text in [message["text"], *mrkdwn(message["blocks"])]:
        for evil in ("<!channel>", "<@U12345678>", "\u202e"):
            assert evil not in text
        assert text.count("<") == text.count(">") - text.count("\n>") - text.startswith(">")  # no link is cut in two


@pytest.mark.parametrize("told", [WORST, BARE])
def test_the_modal_keeps_to_the_limits(told: Told) -> None:
    assert check_view(thread_summary.summary_modal(told)) == []


def test_each_claim_leads_to_its_messages_where_everybody_may_open_them() -> None:
    summary = Summary(key_points=(Point("Too long.", (ROOT, STAMPS[0])),), messages=2)
    told = Told(
        thread_id=1, state="captured", channel="spine", root_ts=ROOT, link=LINK, summary=summary, messages=2,
        is_current=True, names={ROOT: "Léa", STAMPS[0]: "Léa"},
    )  # fmt: skip
    reply = f"{LINK.rpartition('/')[0]}/p{STAMPS[0].replace('.', '')}?thread_ts={ROOT}&cid=CJFD89W87"
    claim = f"• Too long. (<{LINK}|Léa>, <{reply}|Léa 2>)"
    assert claim in said(views.person_message(told, MARKETER, FORM))
    private = replace(told, channel="")
    assert "• Too long. (Léa, Léa 2)" in said(views.person_message(private, MARKETER, FORM))
    assert claim in said(views.person_message(private, replace(MARKETER, wrote=True), FORM))
    assert "2 of 2 messages read · the thread's own sentences, no language model" in thread_summary.coverage(told)


def test_each_may_do_what_is_theirs() -> None:
    told = replace(BARE, author_id="U1")
    assert buttons(views.person_message(told, MARKETER, FORM)) == []
    writer = buttons(views.person_message(told, WRITER, FORM))
    assert writer == ["Read the summary", "Post it in the thread", "Leave my words out"]
    out = buttons(views.person_message(replace(told, is_posted=True), replace(WRITER, is_out=True), FORM))
    assert out == ["Read the summary", "Put my words back"]
    author = buttons(views.person_message(told, Standing("U1", is_author=True, wrote=True), FORM))
    assert author == ["Read the summary", "Post it in the thread", "Take it back"]
    sender = buttons(views.person_message(told, Standing("U3", sent=True, wrote=True), FORM))
    assert sender == ["Read the summary", "Post it in the thread", "Take it back", "Leave my words out"]
    ended = replace(told, state=TAKEN_BACK, ended_by="U1")
    assert buttons(views.person_message(ended, Standing("U1"), FORM)) == ["Send it after all"]
    assert buttons(views.person_message(ended, MARKETER, FORM)) == []
