"""Messages with a picture or a file: it is shown once, and where Slack takes none, words go out instead."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.connect import slack_client
from bot.drawing import draw
from bot.picture import BarRow, BarsPicture, Goal, IntervalPicture, IntervalRow, Picture
from bot.reader import Reader
from bot.sender import Sender
from bot.views.kit import context, picture, section
from sandbox.server import SandboxServer
from storage.db import Database
from storage.outbox import Outbox, count_states, enqueue, get_message
from tests.databases import postgresql_database, sqlite_database
from tests.house import sandbox_settings
from tests.slack import Message, Slack, wait_until

REP, MARKETER = "Dre Hollowell", "Priya Rangaraj-Cole"
WORDS = "Spine deck: filed away. Used it: 0 of 20, likely 0 to 16 %. Goal 20 %."
VERDICT = IntervalPicture(
    "Spine deck: filed away", (IntervalRow("Used it", 0.0, 0.0, 0.161, "0 of 20"),), Goal(0.2, "Goal 20 %")
)
ASKED, SENT, DONE = "files.getUploadURLExternal", "upload", "files.completeUploadExternal"


class Room:
    """A sandbox and the real sender, without the rest of the app."""

    def __init__(self, server: SandboxServer, db: Database) -> None:
        self.server, self.db, self.slack = server, db, Slack(server.url, is_idle=self.is_idle)
        self.slack.post("reset")
        self.slack.post("limits", scale=0)
        self.dre = self.slack.person(REP)
        self.sender = self.new_sender()
        self.sender.start()

    def new_sender(self, **more: float) -> Sender:
        waits = {"send_timeout": 1.0, "settle_seconds": 0.5, "picture_seconds": 0.6} | more
        settings = sandbox_settings(self.server, self.db.url, **waits)
        client = slack_client(settings, settings.send_timeout)
        return Sender(
            settings=settings, db=self.db, client=client, reader=Reader(client), team_id=self.server.team_id,
            now=self.server.sandbox.space.clock.now,
        )  # fmt: skip

    def is_idle(self) -> bool:
        with self.db.read() as session:
            states = count_states(session, team_id=self.server.team_id)
        return not states.get("pending") and not states.get("sending")

    def say(self, text: str = "The verdict", shown: Picture = VERDICT, **more: Any) -> Outbox:
        message = {"text": text, "blocks": [section(text), picture(shown), context("small print")]}
        with self.db.begin() as session:
            row = enqueue(
                session, team_id=self.server.team_id, key=text, target=self.dre.id, message=message,
                now=self.server.sandbox.space.clock.now(), **more,
            )  # fmt: skip
        self.sender.wake()
        return row

    def go_wrong(self, method: str, kind: str, **more: Any) -> None:
        self.slack.post("faults", rules=[{"method": method, "kind": kind} | more])

    def only_message(self) -> Message:
        self.slack.settle()
        (message,) = self.dre.messages("app")
        return message

    def count(self, method: str) -> int:
        return len(self.slack.calls(method))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> Iterator[str]:
    """SQLite, for the waits are long and no row is in them; a test that is about rows names both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield sqlite_database(tmp_path, migrated_file)
    else:
        with postgresql_database(request.getfixturevalue("postgres")) as url:
            yield url


both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="module", autouse=True)
def drawn_before() -> None:
    """The first picture imports matplotlib, which on a busy machine takes longer than these tests' short leases."""
    draw(VERDICT)


@pytest.fixture
def room(server: SandboxServer, db: Database) -> Iterator[Room]:
    room = Room(server, db)
    yield room
    room.sender.stop()
    room.slack.close()


def shown_in(room: Room, message: Message) -> list[bytes]:
    """The bytes of the pictures that a message shows."""
    blocks = [block for block in message.raw["blocks"] if block["type"] == "image"]
    return [room.server.sandbox.space.files[block["slack_file"]["id"]].data or b"" for block in blocks]


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels, from its first chunk."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png[12:16] == b"IHDR"
    assert png.endswith(b"IEND\xaeB`\x82")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@both
def test_a_picture_goes_out_with_its_words_for_whoever_does_not_see_it(room: Room) -> None:
    room.say()
    message = room.only_message()
    (png,) = shown_in(room, message)
    width, height = size_of(png)
    assert (width, 200 < height < 400) == (720, True)
    kinds = [block["type"] for block in message.raw["blocks"]]
    assert kinds == ["section", "image", "context"]
    assert message.raw["blocks"][1]["alt_text"] == WORDS
    (file,) = room.server.sandbox.space.files.values()
    assert (file.is_complete, file.is_public) == (True, False)
    assert [room.count(method) for method in (ASKED, DONE, "chat.postMessage")] == [1, 1, 1]


def test_a_changed_message_has_the_new_picture(room: Room) -> None:
    row = room.say()
    first = shown_in(room, room.only_message())
    bars = BarsPicture("Why not", (BarRow("I could not find it", 12, 24), BarRow("I did not know it", 12, 24)))
    room.say("The reasons", bars, method="chat.update", after_id=row.id)
    message = room.only_message()
    assert message.text.startswith("The reasons")
    assert message.raw["blocks"][1]["alt_text"].startswith("Why not. I could not find it: 12 of 24.")
    assert shown_in(room, message) != first


def test_a_thread_has_pictures_too(room: Room) -> None:
    row = room.say()
    room.say("More of it", after_id=row.id)
    (reply,) = room.only_message().replies
    assert [size_of(png)[0] for png in shown_in(room, reply)] == [720]


@pytest.mark.parametrize("method", [ASKED, DONE])
def test_a_slack_that_takes_no_files_gets_the_words_and_is_asked_once(room: Room, method: str) -> None:
    room.go_wrong(method, "unknown_method")
    room.say()
    message = room.only_message()
    assert [block["type"] for block in message.raw["blocks"]] == ["section", "context", "context"]
    assert WORDS in message.text
    room.say("Another verdict")
    room.slack.settle()
    assert [WORDS in message.text for message in room.dre.messages("app")] == [True, True]
    assert room.count(method) == 1


def test_without_the_permission_the_words_go_alone(room: Room) -> None:
    space = room.server.sandbox.space
    manifest = space.manifest
    space.manifest = type(manifest)(**vars(manifest) | {"scopes": manifest.scopes - {"files:write"}})
    try:
        room.say()
        assert WORDS in room.only_message().text
        assert room.slack.calls(ASKED)[0]["answer"]["needed"] == "files:write"
    finally:
        space.manifest = manifest


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        (ASKED, "ratelimited"), (ASKED, "error_before"), (ASKED, "error_after"), (ASKED, "reset_after"),
        (ASKED, "timeout_before"), (SENT, "ratelimited"), (SENT, "error_before"), (SENT, "timeout_before"),
        (DONE, "error_before"), (DONE, "error_after"), (DONE, "reset_after"),
    ],
)  # fmt: skip
def test_what_goes_wrong_once_is_done_again_and_the_picture_comes(room: Room, method: str, kind: str) -> None:
    room.go_wrong(method, kind, count=1, delay=1.2)
    room.say()
    assert [size_of(png)[0] for png in shown_in(room, room.only_message())] == [720]
    assert room.count("chat.postMessage") == 1


@pytest.mark.parametrize("method", [ASKED, SENT, DONE])
def test_the_words_do_not_wait_for_ever(room: Room, method: str) -> None:
    room.go_wrong(method, "error_before")
    room.say()
    assert WORDS in room.only_message().text
    assert room.count("chat.postMessage") == 1
    assert len(room.slack.get("log", kind="fault")["entries"]) == 4


def test_the_words_do_not_wait_for_a_slack_that_asks_for_an_hour(room: Room) -> None:
    room.go_wrong(ASKED, "ratelimited", retry_after=3600)
    room.say()
    assert WORDS in room.only_message().text
    assert room.count(ASKED) == 1


def test_a_picture_that_slack_has_not_looked_at_yet_is_tried_a_little_later(room: Room) -> None:
    room.go_wrong(DONE, "not_ready", delay=0.3)
    room.say()
    assert [size_of(png)[0] for png in shown_in(room, room.only_message())] == [720]
    answers = [call["answer"].get("error") for call in room.slack.calls("chat.postMessage")]
    assert answers in [["invalid_blocks"] * refused + [None] for refused in (1, 2, 3)]
    assert room.count(ASKED) == 1


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_a_picture_that_slack_never_looks_at_is_said_in_words(room: Room, method: str) -> None:
    after_id = room.say("Before").id if method == "chat.update" else None
    room.slack.settle()
    room.go_wrong(DONE, "not_ready", delay=3600)
    room.say(method=method, after_id=after_id)
    message = room.only_message()
    assert message.text.startswith("The verdict")
    assert WORDS in message.text
    assert [call["answer"]["ok"] for call in room.slack.calls(method)][-4:] == [False] * 3 + [True]


@pytest.mark.parametrize(
    "broken", [{"kind": "cake"}, {"kind": "bars", "title": "x", "rows": []}, None, {"kind": "bars"}]
)
def test_what_cannot_be_drawn_is_said_in_words(room: Room, broken: Any) -> None:
    """Such as a row that an older version left behind."""
    message = {"text": "x", "blocks": [picture(VERDICT) | {"picture": broken}]}
    with room.db.begin() as session:
        row = enqueue(
            session, team_id=room.server.team_id, key="x", target=room.dre.id, message=message, now=datetime.now(UTC)
        )
    room.sender.wake()
    assert room.only_message().text == WORDS
    assert room.only_message().raw["blocks"][0]["block_id"] == row.wire_key
    assert room.count(ASKED) == 0


@both
@pytest.mark.parametrize("kind", ["error_after", "error_before"])
def test_a_post_whose_outcome_nobody_knows_is_one_message(room: Room, kind: str) -> None:
    room.go_wrong("chat.postMessage", kind, count=1)
    room.say()
    assert len(shown_in(room, room.only_message())) == 1
    assert room.count("conversations.history") == 1


@both
def test_a_sender_that_is_overtaken_between_the_file_and_the_message_says_nothing(room: Room) -> None:
    """The first one hangs in the last call before the post, past its lease, and the second one takes the row."""
    room.sender.stop()
    room.sender, second = (room.new_sender(send_timeout=1.05, settle_seconds=0) for _ in range(2))
    room.sender.start()
    room.go_wrong(DONE, "timeout_after", count=1, delay=1.8)
    room.say()
    wait_until(lambda: bool(room.slack.get("log", kind="fault")["entries"]), "it hangs after the last step")
    wait_until(second.send_next, "the second one takes it")
    room.sender.stop()
    assert len(shown_in(room, room.only_message())) == 1
    assert room.count("chat.postMessage") == 1
    assert room.count(DONE) == 2


def test_stopping_leaves_a_picture_for_the_next_start(room: Room) -> None:
    row = room.say("First")
    room.slack.settle()
    room.go_wrong(DONE, "not_ready", delay=3600)
    room.sender.stop()
    slow = room.sender = room.new_sender(picture_seconds=60)
    slow.start()
    row = room.say("Second")
    wait_until(lambda: room.count("chat.postMessage") == 2, "it waits for its picture")
    slow.stop()
    with room.db.read() as session:
        kept = get_message(session, team_id=room.server.team_id, message_id=row.id or 0)
    assert kept is not None
    assert (kept.state, kept.reason) == ("pending", "stopping")
    room.slack.post("faults", rules=[])
    room.sender = room.new_sender()
    room.sender.start()
    room.slack.settle()
    assert [len(shown_in(room, message)) for message in room.dre.messages("app")] == [1, 1]


def test_messages_to_many_share_one_picture(room: Room) -> None:
    for name in (REP, MARKETER):
        with room.db.begin() as session:
            enqueue(
                session, team_id=room.server.team_id, key=name, target=room.slack.person(name).id,
                message={"text": "x", "blocks": [picture(VERDICT, for_many=True)]}, now=datetime.now(UTC),
            )  # fmt: skip
        room.sender.wake()
        room.slack.settle()
    messages = [room.slack.person(name).messages("app")[0] for name in (REP, MARKETER)]
    assert [len(shown_in(room, message)) for message in messages] == [1, 1]
    assert [room.count(method) for method in (ASKED, DONE, "chat.postMessage")] == [1, 1, 2]


CSV = "question,count\nUsable?,21\n"
SHEET = {
    "text": "The numbers", "blocks": [section("Here are the numbers")],
    "file": {"name": "numbers.csv", "title": "Numbers", "content": CSV},
    "words": {"text": "No file", "blocks": [section("This Slack takes no files from me.")]},
}  # fmt: skip


def share(room: Room, after_id: int | None = None) -> None:
    with room.db.begin() as session:
        enqueue(
            session, team_id=room.server.team_id, key="file", target=room.dre.id, message=SHEET,
            now=room.server.sandbox.space.clock.now(), after_id=after_id,
        )  # fmt: skip
    room.sender.wake()


def file_in(room: Room, message: Message) -> str:
    (file,) = message.raw["files"]
    return (room.server.sandbox.space.files[file["id"]].data or b"").decode()


@both
def test_a_file_goes_out_with_its_words_and_to_nobody_else(room: Room) -> None:
    share(room)
    message = room.only_message()
    assert message.text.startswith("Here are the numbers")
    assert (file_in(room, message), message.raw["files"][0]["name"]) == (CSV, "numbers.csv")
    (file,) = room.server.sandbox.space.files.values()
    assert (file.title, file.is_public) == ("Numbers", False)
    assert [room.count(method) for method in (ASKED, DONE, "chat.postMessage")] == [1, 1, 0]


def test_a_file_goes_into_a_thread(room: Room) -> None:
    share(room, after_id=room.say().id)
    (reply,) = room.only_message().replies
    assert file_in(room, reply) == CSV


@pytest.mark.parametrize("method", [ASKED, DONE])
def test_a_slack_that_takes_no_files_says_so(room: Room, method: str) -> None:
    room.go_wrong(method, "unknown_method")
    share(room)
    assert room.only_message().text == "This Slack takes no files from me."
    assert room.count("chat.postMessage") == 1


@both
@pytest.mark.parametrize(
    ("method", "kind"),
    [
        (ASKED, "ratelimited"), (ASKED, "error_after"), (SENT, "error_before"), (DONE, "error_before"),
        (DONE, "error_after"), (DONE, "reset_after"), (DONE, "ratelimited"), (DONE, "timeout_after"),
    ],
)  # fmt: skip
def test_a_file_whose_outcome_nobody_knows_is_there_once(room: Room, method: str, kind: str) -> None:
    room.go_wrong(method, kind, count=1, delay=1.2)
    share(room)
    assert file_in(room, room.only_message()) == CSV
