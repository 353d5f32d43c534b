"""Threads sent to marketing, through the front door: by memo, form and button; followed, taken back, and refused."""

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.errors import BotError
from bot.intake import Act
from bot.settings import read_settings
from handlers.thread import (
    leave_words_out,
    post_summary,
    put_words_back,
    read_summary,
    send_again,
    take_thread_back,
)
from storage import people
from storage.db import Database
from storage.outbox import Outbox
from storage.thread import CapturedThread, ThreadMessage
from storage.thread_capture import Capture
from tests.databases import BOTH_ENGINES
from tests.slack import Message, Person, Slack, wait_until

TESS, DRE, INES, KAYLA = "Tess Amundarain", "Dre Hollowell", "Ines Carvalho-Wick", "Kayla Brandvold"
VIDEO = "La vidéo Corvane fait 11 minutes."  # begins the shortest of the sample's threads, in #spine-content


@pytest.fixture
def waits() -> dict[str, float]:
    return {"thread_seconds": 0}


def video(slack: Slack) -> Message:
    """The thread about the short video, as Ines sees it."""
    return slack.person(INES).reads(VIDEO, "#spine-content")


def who(slack: Slack, message: Message) -> Person:
    """Who wrote a message."""
    names = {one["id"]: one["name"] for one in slack.get("people")["people"]}
    return slack.person(names[message.raw["user"]])


def memo(person: Person, message: Message, *, remove: bool = False) -> None:
    person.react(message, "memo", remove=remove)
    person.slack.settle()


def kept(company_url: str) -> tuple[list[CapturedThread], list[ThreadMessage], list[Capture]]:
    """All that is stored of threads in the workspace."""
    db = Database(company_url)
    with db.read() as session:
        threads = list(session.exec(select(CapturedThread)))
        messages = list(session.exec(select(ThreadMessage)))
        captures = list(session.exec(select(Capture)))
    db.close()
    return threads, messages, captures


def app_messages(person: Person) -> str:
    """All that stands in somebody's direct message with the app, threads included."""
    person.slack.settle()
    return "\n".join("\n".join([one.text, *(reply.text for reply in one.replies)]) for one in person.messages())


@BOTH_ENGINES
def test_a_memo_brings_the_whole_thread_to_marketing(slack: Slack, company_url: str) -> None:
    thread = video(slack)
    memo(slack.person(DRE), thread)
    told = slack.person(INES).reads("A thread from #spine-content", "app")
    slack.settle()
    told = slack.person(INES).reads("A thread from #spine-content", "app")
    assert f"Begun by {who(slack, thread).name} on 17 Nov 2026 · sent by Dre Hollowell" in told.text
    assert "6 of 6 messages read · the thread's own sentences, no language model" in told.text
    links = re.findall(r"<(http[^|>]*)\|", told.text)
    assert links
    assert all(f"/archives/{thread.channel_id}/p" in link for link in links)
    assert any(link.endswith(f"?thread_ts={thread.ts}&cid={thread.channel_id}") for link in links)
    assert "*What each claim rests on*" in told.replies[0].text
    stands_there = [thread.text, *(reply.text for reply in thread.replies)]
    quoted = re.findall(r"^> (.*)$", told.replies[0].text, re.MULTILINE)
    assert quoted
    assert all(any(line in text for text in stands_there) for line in quoted)
    threads, messages, _ = kept(company_url)
    assert [(one.state, one.root_ts) for one in threads] == [("captured", thread.ts)]
    assert [one.ts for one in messages] == [thread.ts, *(reply.ts for reply in thread.replies)]


def test_everybody_whose_words_are_in_it_is_told_once(slack: Slack) -> None:
    thread, dre = video(slack), slack.person(DRE)
    memo(dre, thread)
    author = who(slack, thread)
    own = author.reads("that you began in #spine-content to marketing.", "app")
    assert own.text.startswith("📝 Dre Hollowell sent <http")
    assert "Take it back" in own.buttons
    writers = {one.raw["user"] for one in thread.replies} - {author.id}
    for person in (who(slack, one) for one in thread.replies if one.raw["user"] in writers):
        assert app_messages(person).count("#spine-content") >= 1
    assert "Thank you: <http" in dre.reads("is with marketing", "app").text
    memo(slack.person(TESS), thread)  # once more, by somebody else
    author.says("and it should be in French as well", "#spine-content", thread_ts=thread.ts)
    slack.settle()
    assert len([one for one in author.messages() if "#spine-content" in one.text]) == 1


def test_a_reply_stands_for_its_thread(slack: Slack, company_url: str) -> None:
    thread = video(slack)
    memo(slack.person(DRE), thread.replies[2])
    memo(slack.person(TESS), thread.replies[2])
    threads, messages, captures = kept(company_url)
    assert (len(threads), len(messages), len(captures)) == (1, 6, 2)


def test_the_thread_is_followed_and_its_summary_made_anew(slack: Slack, company_url: str) -> None:
    thread, ines, tess = video(slack), slack.person(INES), slack.person(TESS)
    memo(slack.person(DRE), thread)
    said = tess.says("Decision: the 90-second cut is cancelled, we do 60 seconds instead.", "#spine-content", thread.ts)
    slack.settle()
    assert "7 of 7 messages read" in app_messages(ines)
    assert "we do 60 seconds instead" in app_messages(ines)
    slack.post("edit", user=tess.id, channel=said.channel_id, ts=said.ts, text="Decision: we do 45 seconds instead.")
    slack.settle()
    assert "we do 45 seconds instead" in app_messages(ines)
    assert "60 seconds" not in app_messages(ines)
    slack.post("delete", user=tess.id, channel=said.channel_id, ts=said.ts)
    slack.settle()
    assert "45 seconds" not in app_messages(ines)
    assert "6 of 6 messages read" in app_messages(ines)
    assert len([one for one in ines.messages() if "A thread from" in one.text]) == 1
    assert len(kept(company_url)[1]) == 6


def test_nothing_else_in_a_channel_is_kept(slack: Slack, company_url: str) -> None:
    tess = slack.person(TESS)
    first = tess.says("nobody captures this", "#general")
    reply = slack.person(DRE).says("nor this", "#general", thread_ts=first.ts)
    slack.post("edit", user=tess.id, channel=first.channel_id, ts=first.ts, text="or this")
    slack.post("delete", user=slack.person(DRE).id, channel=first.channel_id, ts=reply.ts)
    slack.settle()
    assert kept(company_url) == ([], [], [])
    assert not slack.calls("conversations.replies")


@BOTH_ENGINES
def test_taking_the_memo_away_takes_it_back(slack: Slack, company_url: str) -> None:
    thread, dre, ines = video(slack), slack.person(DRE), slack.person(INES)
    memo(dre, thread)
    memo(dre, thread, remove=True)
    assert "You have taken back the thread" in app_messages(dre)
    told = app_messages(ines)
    assert "Whoever sent it has taken back the thread" in told
    assert "messages read" not in told
    assert kept(company_url)[1] == []
    dre.click("Send it after all")
    slack.settle()
    assert "6 of 6 messages read" in app_messages(ines)
    assert "sent to marketing again since" in dre.messages()[0].text
    mine = [one for one in dre.messages() if not one.is_ephemeral]
    assert [one.buttons for one in mine] == [
        [],
        ["Read the summary", "Post it in the thread", "Take it back"],
    ]


def test_whoever_sends_it_too_keeps_it_there(slack: Slack) -> None:
    thread, ines = video(slack), slack.person(INES)
    memo(slack.person(DRE), thread)
    memo(slack.person(TESS), thread)
    memo(slack.person(DRE), thread, remove=True)
    assert "6 of 6 messages read" in app_messages(ines)
    assert "sent by Tess Amundarain" in app_messages(ines)


def test_its_author_takes_it_back_for_everybody(slack: Slack, company_url: str) -> None:
    thread, ines, dre = video(slack), slack.person(INES), slack.person(DRE)
    memo(dre, thread)
    author = who(slack, thread)
    author.click("Take it back")
    assert "You have taken back the thread" in app_messages(author)
    assert "messages read" not in app_messages(ines)
    assert kept(company_url)[1] == []
    memo(slack.person(TESS), thread)
    assert "has taken it back, so it stays out" in app_messages(slack.person(TESS))
    assert kept(company_url)[1] == []
    author.click("Send it after all")
    slack.settle()
    assert "6 of 6 messages read" in app_messages(ines)


@BOTH_ENGINES
def test_somebody_takes_their_words_out(slack: Slack, company_url: str) -> None:
    thread, ines = video(slack), slack.person(INES)
    memo(slack.person(DRE), thread)
    hoang = who(slack, thread.replies[3])
    hoang.click("Leave my words out")
    assert "Your own words are left out" in app_messages(hoang)
    told = app_messages(ines)
    assert "keep the long one too" not in told
    assert "5 of 6 messages read · 1 left out by who wrote it" in told
    assert "keep the long one" not in "".join(one.text for one in kept(company_url)[1])
    hoang.says("and another one", "#spine-content", thread_ts=thread.ts)
    assert "5 of 7 messages read · 2 left out by who wrote them" in app_messages(ines)
    hoang.click("Put my words back")
    assert "7 of 7 messages read" in app_messages(ines)


def test_words_on_hold_are_counted_and_shown_to_nobody(slack: Slack) -> None:
    tess, dre, ines = slack.person(TESS), slack.person(DRE), slack.person(INES)
    first = tess.says("How was the Corvane deck at St. Mary? We need a German version by 4 December.", "#general")
    dre.says("The screw broke inside the patient and she was operated again.", "#general", thread_ts=first.ts)
    memo(tess, first)
    told = app_messages(ines)
    assert "1 of 2 messages read · 1 on hold" in told
    assert "We need a German version by 4 December" in told
    for person in (tess, dre, ines):
        assert "operated again" not in app_messages(person)
    assert "Feedback is not a report" in app_messages(dre)
    assert "Feedback is not a report" not in app_messages(tess)


@BOTH_ENGINES
def test_the_form_sends_the_whole_thread_and_needs_no_asset_then(slack: Slack, company_url: str) -> None:
    thread, dre = video(slack), slack.person(DRE)
    dre.shortcut("feedback.send_to_marketing", thread.replies[0])
    assert "Send the whole thread" in dre.modal
    assert dre.submit() == {"asset": "Which asset is it about? Or send the whole thread."}
    assert dre.submit(whole_thread=["whole_thread"]) == {}
    assert "6 of 6 messages read" in app_messages(slack.person(INES))
    assert len(kept(company_url)[1]) == 6
    assert dre.command("/asset-feedback mine").startswith("You have given no feedback yet")


def test_the_receipt_of_a_quoted_message_sends_its_thread(slack: Slack, company_url: str) -> None:
    thread, dre = video(slack), slack.person(DRE)
    dre.shortcut("feedback.send_to_marketing", thread.replies[0])
    assert dre.submit(asset=dre.pick("asset.find", "corvane deck")) == {}
    slack.settle()
    assert kept(company_url)[0] == []
    dre.click("Send the whole thread")
    assert "6 of 6 messages read" in app_messages(slack.person(INES))


def test_the_summary_is_posted_only_if_somebody_asks(slack: Slack) -> None:
    thread, dre = video(slack), slack.person(DRE)
    memo(dre, thread)
    assert len(video(slack).replies) == 5
    dre.click("Post it in the thread")
    slack.settle()
    posted = video(slack).replies[-1]
    assert posted.text.startswith("📝 *This thread in short*")
    dre.says("one more: the music is too loud", "#spine-content", thread_ts=thread.ts)
    slack.settle()
    assert "7 of 7 messages read" in video(slack).replies[-2].text  # its own post is not read
    who(slack, thread).click("Take it back")
    slack.settle()
    assert not [one for one in video(slack).replies if "in short" in one.text]


def test_a_thread_of_one_message(slack: Slack) -> None:
    tess = slack.person(TESS)
    memo(slack.person(DRE), tess.says("We need the Corvane price sheet in Czech by Friday.", "#general"))
    assert "in Czech by Friday" in app_messages(slack.person(INES))
    assert "1 of 1 message read" in app_messages(slack.person(INES))


def test_where_the_app_is_not_nothing_is_read(slack: Slack, company_url: str) -> None:
    dre, first = slack.person(DRE), slack.person(TESS).says("chili!", "#random")
    dre.shortcut("feedback.send_to_marketing", first)
    assert dre.submit(whole_thread=["whole_thread"]) == {}
    assert "I am not in that channel, so I can't read the thread." in app_messages(dre)
    assert kept(company_url) == ([], [], [])


def test_a_direct_message_offers_no_thread(slack: Slack) -> None:
    dre = slack.person(DRE)
    dre.shortcut("feedback.send_to_marketing", dre.says("hello", "app"))
    assert "Send the whole thread" not in dre.modal


def test_who_cannot_see_the_thread_cannot_send_it(slack: Slack, company_url: str) -> None:
    """A client may claim any channel: what somebody cannot open, they cannot send."""
    ines, dre = slack.person(INES), slack.person(DRE)
    first = ines.says("budget for 2027 is halved", "#marketing-leads")
    slack.post("join", user=dre.id, channel="CPDEJJYQ1")
    dre.shortcut("feedback.send_to_marketing", first)
    slack.post("join", user=dre.id, channel="CPDEJJYQ1", leave=True)
    assert dre.submit(whole_thread=["whole_thread"]) == {}
    assert "That message is gone" in app_messages(dre)
    assert kept(company_url) == ([], [], [])


def test_a_private_channel_is_not_named(slack: Slack) -> None:
    ines = slack.person(INES)
    memo(ines, ines.says("We need a German deck by 4 December, who writes it?", "#marketing-leads"))
    told = app_messages(slack.person("Grace Oduya-Finch"))
    assert "A thread from a private channel" in told
    assert "1 of 1 message read" in told
    assert "marketing-leads" not in told
    assert "/archives/" not in told


def test_a_rep_who_is_not_in_it_reads_nothing(slack: Slack) -> None:
    memo(slack.person(DRE), video(slack))
    slack.settle()
    assert slack.person(KAYLA).messages() == []


def test_a_reply_that_slack_never_told_of_is_found_within_the_hour(slack: Slack) -> None:
    thread, ines = video(slack), slack.person(INES)
    memo(slack.person(DRE), thread)
    slack.post("faults", rules=[{"method": "event", "kind": "drop"}])
    slack.person(TESS).says("Decision: 75 seconds.", "#spine-content", thread_ts=thread.ts)
    slack.post("faults", rules=[])
    slack.jump(by_seconds=3700)
    wait_until(lambda: "7 of 7 messages read" in app_messages(ines), "the thread is read again")


def test_all_pages_of_a_long_thread_are_read(slack: Slack, company_url: str) -> None:
    tess = slack.person(TESS)
    first = tess.says("What does the field want of the new catalogue?", "#general")
    for number in range(450):
        slack.post("message", user=tess.id, channel="#general", text=f"point {number}", thread_ts=first.ts)
    memo(slack.person(DRE), first)
    assert len(slack.calls("conversations.replies")) >= 3
    assert [one.text for one in kept(company_url)[1]][1:] == [f"point {number}" for number in range(450)]
    assert "451 of 451 messages read" in app_messages(slack.person(INES))


def test_files_emoji_and_five_languages(slack: Slack, company_url: str) -> None:
    tess, dre = slack.person(TESS), slack.person(DRE)
    first = tess.says("Wir brauchen das Preisblatt bis 4. Dezember auf Deutsch.", "#general")
    for text in (
        ":+1:",
        "Il nous faut la version française aussi",
        "¿Y en español?",
        "em português também",
        "日本語も",
    ):
        dre.says(text, "#general", thread_ts=first.ts)
    slack.post("message", user=dre.id, channel="#general", text="", files=["sheet.pdf"], thread_ts=first.ts)
    memo(dre, first)
    assert [(one.text, one.files) for one in kept(company_url)[1]][-2:] == [("日本語も", 0), ("", 1)]
    assert "7 of 7 messages read" in app_messages(slack.person(INES))


def test_mentions_are_names_and_nothing_in_a_message_acts(slack: Slack, company_url: str) -> None:
    tess, dre = slack.person(TESS), slack.person(DRE)
    said = (
        f"<!channel> <@{dre.id}> decided: we translate the <https://evil.example/x|price sheet> by 4 December & *now*"
    )
    memo(dre, tess.says(said, "#general"))
    text = kept(company_url)[1][0].text
    assert text == "!channel @Dre Hollowell decided: we translate the price sheet by 4 December & *now*"
    assert "decided: we translate" in app_messages(slack.person(INES))  # and what goes out is looked at after the test


def test_a_channel_shared_with_another_company_is_not_read(slack: Slack, company_url: str) -> None:
    dre, first = slack.person(DRE), slack.person(TESS).says("hello partners", "#general")
    slack.post("share", channel="#general")
    memo(dre, first)
    assert "shared with another company" in app_messages(dre)
    assert kept(company_url) == ([], [], [])
    assert not slack.calls("conversations.replies")


def test_a_deleted_thread_is_deleted_here(slack: Slack, company_url: str) -> None:
    tess, ines = slack.person(TESS), slack.person(INES)
    first = tess.says("We need the Corvane price sheet in Czech by Friday.", "#general")
    memo(slack.person(DRE), first)
    assert "in Czech" in app_messages(ines)
    slack.post("delete", user=tess.id, channel=first.channel_id, ts=first.ts)
    assert "in #general was deleted in Slack" in app_messages(ines)
    assert "in Czech" not in app_messages(ines)
    assert kept(company_url)[1] == []


def test_the_first_message_alone_can_be_deleted(slack: Slack, company_url: str) -> None:
    tess, dre = slack.person(TESS), slack.person(DRE)
    first = tess.says("We need the Corvane price sheet in Czech by Friday.", "#general")
    dre.says("Decision: we translate it by Friday.", "#general", thread_ts=first.ts)
    memo(dre, first)
    slack.post("delete", user=tess.id, channel=first.channel_id, ts=first.ts)
    told = app_messages(slack.person(INES))
    assert "in Czech" not in told
    assert "Decision: we translate it by Friday" in told
    assert [one.text for one in kept(company_url)[1]] == ["Decision: we translate it by Friday."]


def test_copies_and_disorder_change_nothing(slack: Slack, company_url: str) -> None:
    rules = [{"method": "event", "kind": "twice", "rate": 0.6}, {"method": "event", "kind": "reorder", "delay": 0.2}]
    slack.post("faults", rules=rules, seed=7)
    thread, dre = video(slack), slack.person(DRE)
    for remove in (False, True, False, True, False):
        dre.react(thread, "memo", remove=remove)
    slack.person(TESS).says("one more thing", "#spine-content", thread_ts=thread.ts)
    wait_until(lambda: "7 of 7 messages read" in app_messages(slack.person(INES)), "the thread is read")
    threads, messages, captures = kept(company_url)
    assert (len(threads), len(messages), len(captures)) == (1, 7, 1)
    assert len([one for one in dre.messages() if "is with marketing" in one.text]) == 1


def test_slack_says_not_so_fast(slack: Slack) -> None:
    slack.post("faults", rules=[{"method": "conversations.replies", "kind": "ratelimited", "delay": 0.1, "count": 2}])
    memo(slack.person(DRE), video(slack))
    wait_until(lambda: "6 of 6 messages read" in app_messages(slack.person(INES)), "the thread is read")


def test_a_workspace_without_threads_says_so(slack: Slack, company_url: str) -> None:
    slack.post("faults", rules=[{"method": "conversations.replies", "kind": "unknown_method"}])
    memo(slack.person(DRE), video(slack))
    assert "I am not allowed to read threads in this workspace" in app_messages(slack.person(DRE))
    assert kept(company_url) == ([], [], [])


@pytest.mark.parametrize("waits", [{"thread_seconds": 0, "send_timeout": 0.5, "settle_seconds": 0}])
def test_a_post_in_a_thread_of_which_nobody_knows_is_not_repeated(slack: Slack) -> None:
    thread, dre = video(slack), slack.person(DRE)
    memo(dre, thread)
    slack.post("faults", rules=[{"method": "chat.postMessage", "kind": "error_after", "count": 1}])
    dre.click("Post it in the thread")
    slack.settle()
    assert len([one for one in video(slack).replies if "This thread in short" in one.text]) == 1


def test_the_digest_tells_of_the_threads(slack: Slack) -> None:
    tess, dre, ines = slack.person(TESS), slack.person(DRE), slack.person(INES)
    assert "sent to marketing" not in ines.command("/digest")
    first = tess.says("We need the Corvane price sheet in Czech by Friday.", "#general")
    dre.says("Decision: Lenka translates it by Friday.", "#general", thread_ts=first.ts)
    memo(dre, first)
    slack.jump(by_seconds=60)
    told = ines.command("/digest")
    assert "📝 *1 thread sent to marketing*" in told
    assert "|#general>: Decision: Lenka translates it by Friday." in told
    tess.click("Take it back")
    slack.settle()
    assert "sent to marketing" not in ines.command("/digest 1 week")


def test_what_was_taken_back_is_nowhere_any_more(slack: Slack, company_url: str) -> None:
    tess, dre = slack.person(TESS), slack.person(DRE)
    first = tess.says("We need the Corvane price sheet in Czech by Friday.", "#general")
    dre.says("Decision: Lenka translates it by Friday.", "#general", thread_ts=first.ts)
    memo(dre, first)
    dre.click("Post it in the thread")
    assert "Lenka translates" in everything(company_url)
    tess.click("Take it back")
    slack.settle()
    assert "Lenka translates" not in everything(company_url)
    assert "in Czech" not in everything(company_url)


def everything(company_url: str) -> str:
    """All words of captured threads and of messages that the database holds."""
    db = Database(company_url)
    with db.read() as session:
        found = [one or "" for one in session.exec(select(CapturedThread.summary))]
        found += [*session.exec(select(ThreadMessage.text)), *session.exec(select(Outbox.payload))]
    db.close()
    return "\n".join(found)


def test_the_summary_is_read_by_whom_it_concerns(slack: Slack) -> None:
    dre = slack.person(DRE)
    memo(dre, video(slack))
    dre.click("Read the summary")
    assert "6 of 6 messages read" in dre.modal
    assert "In short" in dre.modal
    ines = slack.person(INES)
    assert [label for one in ines.messages() if "A thread from" in one.text for label in one.buttons] == []


def test_the_id_of_anothers_thread_opens_nothing(slack: Slack, company_url: str) -> None:
    memo(slack.person(DRE), video(slack))
    thread_id, db = kept(company_url)[0][0].id, Database(company_url)
    buttons = (read_summary, post_summary, take_thread_back, leave_words_out, put_words_back, send_again)
    for name, do in [(KAYLA, one) for one in buttons] + [(INES, one) for one in buttons[1:]]:  # marketing may read it
        act = act_of(slack, db, name, str(thread_id))
        with db.begin() as session, pytest.raises(BotError, match="isn't yours to open"):
            do(session, act)
    db.close()
    assert len(kept(company_url)[1]) == 6


def act_of(slack: Slack, db: Database, name: str, value: str) -> Act:
    """What somebody's client sends, whatever their screen shows."""
    settings = read_settings(env_file=None, slack_bot_token="xoxb-x", slack_app_token="xapp-x")
    team_id, user_id = str(slack.get("people")["team"]["id"]), slack.person(name).id
    with db.read() as session:
        actor = people.find_actor(session, team_id=team_id, user_id=user_id, admins=frozenset(), default_tz="UTC")
    return Act(actor, datetime.now(UTC), settings, {"actions": [{"action_id": "thread.any", "value": value}]})
