"""The Web API is as strict as Slack: tokens, scopes, sizes, pages, windows, and who is where."""

import time
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.conftest import LEAD, MARKETER, REP, Room, button, text_block

Json = dict[str, Any]


def post_many(client: WebClient, channel: str, count: int) -> list[str]:
    """Posts numbered from 1; gives their timestamps."""
    return [str(client.chat_postMessage(channel=channel, text=f"number {n}")["ts"]) for n in range(1, count + 1)]


@pytest.fixture
def calm(room: Room) -> Room:
    """A sandbox without rate limits."""
    room.do("limits", scale=0)
    return room


# tokens, scopes and methods


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-other", "invalid_auth"),
        ("chat.postMessage", "xapp-sandbox", "not_allowed_token_type"),
        ("apps.connections.open", "xoxb-sandbox", "not_allowed_token_type"),
    ],
)
def test_a_token_must_fit(room: Room, method: str, token: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert room.http.post(f"/api/{method}", headers=headers).json() == {"ok": False, "error": error}


def test_a_token_may_come_in_the_form_and_is_in_no_log(room: Room) -> None:
    answer = room.http.post("/api/auth.test", data={"token": "xoxb-sandbox"}).json()
    assert (answer["ok"], answer["team_id"]) == (True, room.server.team_id)
    assert "xoxb" not in str(room.log("api"))


def test_an_unknown_method_is_named(room: Room) -> None:
    answer = room.api("chat.postTelegram").json()
    assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.postTelegram"}


def test_a_missing_scope_is_named_with_those_that_are_there(room: Room) -> None:
    answer = room.api("conversations.list", types="private_channel").json()
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")
    assert "chat:write" in answer["provided"].split(",")
    assert "groups:read" not in answer["provided"].split(",")


def test_scopes_are_in_the_headers(room: Room) -> None:
    assert "chat:write" in room.api("auth.test").headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(("body", "error"), [(b"{", "invalid_json"), (b"[]", "json_not_object")])
def test_a_broken_body_is_refused(room: Room, body: bytes, error: str) -> None:
    headers = {"Authorization": "Bearer xoxb-sandbox", "Content-Type": "application/json"}
    assert room.http.post("/api/chat.postMessage", content=body, headers=headers).json()["error"] == error


def test_api_test_says_back_what_it_was_told(room: Room) -> None:
    assert room.api("api.test", foo="bar").json()["args"] == {"foo": "bar"}
    assert room.error("api.test", error="my_error") == "my_error"


# posting


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "hi"}, "channel_not_found"),
        ({"channel": "USLACKBOT", "text": "hi"}, "cannot_dm_bot"),
        ({"channel": REP, "text": "  "}, "no_text"),
        ({"text": "hi"}, "invalid_arguments"),
        ({"channel": REP, "text": "hi", "blocks": "{"}, "invalid_blocks_format"),
        ({"channel": REP, "text": "hi", "metadata": {"event_type": 3}}, "invalid_metadata_format"),
        ({"channel": REP, "text": "hi", "thread_ts": "now"}, "invalid_thread_ts"),
        ({"channel": REP, "text": "hi", "thread_ts": "1764000000.000001"}, "thread_not_found"),
        ({"channel": REP, "text": "hi", "username": "Boss"}, "missing_scope"),
    ],
)
def test_posts_that_slack_refuses(room: Room, told: Json, error: str) -> None:
    assert room.error("chat.postMessage", **told) == error


def test_the_app_posts_only_where_it_is(room: Room) -> None:
    assert room.error("chat.postMessage", channel=room.apart, text="hi") == "not_in_channel"
    room.do("invite", channel=room.apart)
    assert room.error("chat.postMessage", channel=room.apart, text="hi") == "ok"
    assert room.error("chat.postMessage", channel="#random", text="hi") == "ok"


def test_invalid_blocks_are_refused_with_the_reason(room: Room, channel: str) -> None:
    blocks = [text_block("x" * 3001), button(), button()]
    answer = room.api("chat.postMessage", channel=channel, text="hi", blocks=blocks).json()
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"][0] == (
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    )
    answer = room.api("chat.postMessage", channel=channel, text="hi", blocks=[button(), button()]).json()
    assert "buttons" in answer["response_metadata"]["messages"][0]
    assert len(room.api("chat.postMessage", channel=channel, blocks=[text_block("x")] * 51).json()["error"]) > 2


def test_a_long_text_is_cut_as_slack_cuts_it(room: Room) -> None:
    posted = room.client.chat_postMessage(channel=REP, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000


def test_a_person_stands_for_the_direct_message_with_them(room: Room) -> None:
    opened = room.client.conversations_open(users=[REP], return_im=True)["channel"]
    posted = room.client.chat_postMessage(channel=REP, text="hi")
    assert posted["channel"] == opened["id"]
    assert (opened["is_im"], opened["user"]) == (True, REP)
    assert room.error("conversations.open", users="U0NOBODY1") == "user_not_found"
    assert room.error("conversations.open", users=f"{REP},{MARKETER}") == "invalid_user_combination"


def test_update_keeps_what_is_not_given_and_only_ones_own_can_be_changed(room: Room, channel: str) -> None:
    posted = room.client.chat_postMessage(channel=channel, text="before", blocks=[text_block("block")])
    kept = room.client.chat_update(channel=channel, ts=posted["ts"], text="after")
    assert (kept["text"], len(kept["message"]["blocks"])) == ("after", 1)
    gone = room.client.chat_update(channel=channel, ts=posted["ts"], text="after", blocks=[])
    assert "blocks" not in gone["message"]
    said = room.do("message", user=REP, channel=channel, text="mine")["ts"]
    assert room.error("chat.update", channel=channel, ts=said, text="yours") == "cant_update_message"
    assert room.error("chat.delete", channel=channel, ts=said) == "cant_delete_message"
    assert room.error("chat.update", channel=channel, ts="1764000000.000001", text="x") == "message_not_found"
    room.client.chat_delete(channel=channel, ts=posted["ts"])
    assert room.error("chat.delete", channel=channel, ts=posted["ts"]) == "message_not_found"


def test_a_message_with_replies_leaves_its_place_when_it_is_deleted(room: Room, channel: str) -> None:
    posted = room.client.chat_postMessage(channel=channel, text="root")
    room.client.chat_postMessage(channel=channel, text="reply", thread_ts=posted["ts"])
    room.client.chat_delete(channel=channel, ts=posted["ts"])
    found = room.client.conversations_replies(channel=channel, ts=posted["ts"])["messages"]
    assert [one["text"] for one in found] == ["This message was deleted.", "reply"]


# ephemerals


def test_an_ephemeral_is_seen_by_one_person_and_is_in_no_history(room: Room, channel: str) -> None:
    told = room.client.chat_postEphemeral(channel=channel, user=REP, text="between us")
    assert room.messages(REP, channel)[-1]["text"] == "between us"
    history = room.client.conversations_history(channel=channel)["messages"]
    assert "between us" not in [one["text"] for one in history]
    assert room.error("chat.update", channel=channel, ts=told["message_ts"], text="x") == "message_not_found"
    for person in room.http.get("/_sandbox/people").json()["people"]:
        if person["id"] != REP:
            assert "between us" not in str(room.see(person["id"]))
            break


def test_an_ephemeral_needs_both_in_the_channel(room: Room, channel: str) -> None:
    told = {"user": REP, "text": "hi"}
    assert room.error("chat.postEphemeral", channel=room.apart, **told) == "not_in_channel"
    room.do("join", user=REP, channel=channel, leave=True)
    assert room.error("chat.postEphemeral", channel=channel, **told) == "user_not_in_channel"
    assert room.error("chat.postEphemeral", channel=channel, user="U0NOBODY1", text="hi") == "user_not_found"


# reading


def test_history_goes_backwards_page_by_page_without_replies(calm: Room) -> None:
    stamps = post_many(calm.client, REP, 5)
    dm = calm.client.conversations_open(users=[REP])["channel"]["id"]
    calm.client.chat_postMessage(channel=REP, text="a reply", thread_ts=stamps[0])
    found: list[str] = []
    cursor = ""
    while True:
        page = calm.client.conversations_history(channel=dm, limit=2, cursor=cursor)
        found += [one["ts"] for one in page["messages"]]
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert found == stamps[::-1]
    assert calm.error("conversations.history", channel=dm, cursor="nonsense") == "invalid_cursor"
    assert calm.error("conversations.history", channel=dm, limit=-1) == "invalid_limit"


def test_history_between_two_moments(calm: Room) -> None:
    stamps = post_many(calm.client, REP, 4)
    dm = calm.client.conversations_open(users=[REP])["channel"]["id"]

    def read(**window: Any) -> list[str]:
        return [one["ts"] for one in calm.client.conversations_history(channel=dm, **window)["messages"]][::-1]

    assert read(oldest=stamps[1]) == stamps[2:]
    assert read(latest=stamps[1]) == stamps[:1]
    assert read(oldest=stamps[1], latest=stamps[2], inclusive=True) == stamps[1:3]
    assert read(oldest=stamps[1], latest=stamps[2]) == []
    assert calm.error("conversations.history", channel=dm, oldest="yesterday") == "invalid_ts_oldest"


def test_replies_are_oldest_first_after_their_parent(calm: Room, channel: str) -> None:
    root = calm.client.chat_postMessage(channel=channel, text="root")["ts"]
    stamps = [calm.client.chat_postMessage(channel=channel, text=str(n), thread_ts=root)["ts"] for n in range(3)]
    page = calm.client.conversations_replies(channel=channel, ts=root, limit=2)
    assert [one["ts"] for one in page["messages"]] == [root, stamps[0]]
    rest = calm.client.conversations_replies(channel=channel, ts=root, cursor=page["response_metadata"]["next_cursor"])
    assert [one["ts"] for one in rest["messages"]] == stamps[1:]
    assert page["messages"][0]["reply_count"] == 3
    alone = calm.client.conversations_replies(channel=channel, ts=stamps[1])["messages"]
    assert [one["ts"] for one in alone] == [stamps[1]]
    assert calm.error("conversations.replies", channel=channel, ts="1764000000.000001") == "thread_not_found"


def test_metadata_comes_only_when_asked_for(room: Room, channel: str) -> None:
    metadata = {"event_type": "asset", "event_payload": {"id": "7"}}
    room.client.chat_postMessage(channel=channel, text="marked", metadata=metadata)
    plain = room.client.conversations_history(channel=channel, limit=1)["messages"][0]
    asked = room.client.conversations_history(channel=channel, limit=1, include_all_metadata=True)["messages"][0]
    assert "metadata" not in plain
    assert asked["metadata"] == metadata


def test_reading_needs_the_app_inside_and_an_id(room: Room) -> None:
    for method in ("conversations.history", "conversations.replies"):
        assert room.error(method, channel=room.apart, ts="1764000000.000001") == "not_in_channel"
        assert room.error(method, channel="#general", ts="1764000000.000001") == "channel_not_found"
    assert room.error("conversations.info", channel="C0NOWHERE") == "channel_not_found"


def test_private_channels_need_their_scope(room: Room) -> None:
    assert "marketing-leads" not in room.channels
    private = next(one["id"] for one in room.see(LEAD)["conversations"] if one["kind"] == "private")
    assert room.api("conversations.info", channel=private).json()["needed"] == "groups:read"
    room.do("invite", channel=private, leave=True)
    assert room.error("chat.postMessage", channel=private, text="hi") == "channel_not_found"
    assert room.error("conversations.list", types="spaceships") == "invalid_types"


def test_conversations_and_people_come_in_pages(calm: Room) -> None:
    first = calm.client.conversations_list(limit=3)
    assert len(first["channels"]) == 3
    second = calm.client.conversations_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert not {one["id"] for one in first["channels"]} & {one["id"] for one in second["channels"]}
    everybody: list[str] = []
    cursor = ""
    while True:
        page = calm.client.users_list(limit=20, cursor=cursor)
        everybody += [one["id"] for one in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert len(everybody) == len(set(everybody)) == len(calm.server.sandbox.space.people) + 2
    members = calm.client.conversations_members(channel=calm.channels["general"], limit=1000)["members"]
    assert REP in members
    info = calm.client.conversations_info(channel=calm.channels["general"], include_num_members=True)["channel"]
    assert info["num_members"] == len(members)


def test_a_person_has_a_zone_and_its_offset_now(room: Room) -> None:
    person = room.client.users_info(user=REP)["user"]
    assert (person["tz"], person["tz_offset"]) == ("America/New_York", -5 * 3600)
    room.do("clock", to="2027-07-01T00:00:00Z")
    assert room.client.users_info(user=REP)["user"]["tz_offset"] == -4 * 3600
    assert room.error("users.info", user="U0NOBODY1") == "user_not_found"


def test_there_are_no_user_groups(room: Room) -> None:
    groups = room.client.usergroups_list()["usergroups"]
    for group in groups:
        users = room.client.usergroups_users_list(usergroup=group["id"])["users"]
        assert len(users) == group["user_count"] > 1
    assert room.error("usergroups.users.list", usergroup="S0NOBODY1") == "no_such_subteam"
    room.do("user_group", user_group="S0SPINE", called="Spine team", members=[REP])
    (spine,) = (one for one in room.client.usergroups_list()["usergroups"] if one["id"] == "S0SPINE")
    assert (spine["name"], spine["handle"], spine["user_count"]) == ("Spine team", "spine-team", 1)
    room.do("user_group", user_group="S0SPINE", end=True)
    assert room.error("usergroups.users.list", usergroup="S0SPINE") == "no_such_subteam"


def test_a_permalink_opens_the_page_at_the_message(room: Room, channel: str) -> None:
    root = room.client.chat_postMessage(channel=channel, text="root")["ts"]
    reply = room.client.chat_postMessage(channel=channel, text="reply", thread_ts=root)["ts"]
    link = room.client.chat_getPermalink(channel=channel, message_ts=root)["permalink"]
    assert link == f"{room.server.url}/archives/{channel}/p{root.replace('.', '')}"
    assert httpx.get(str(link)).status_code == 200
    link = room.client.chat_getPermalink(channel=channel, message_ts=reply)["permalink"]
    assert str(link).endswith(f"?thread_ts={root}&cid={channel}")
    assert room.error("chat.getPermalink", channel=channel, message_ts="1764000000.000001") == "message_not_found"


# reactions and files


def test_reactions_once_each(room: Room, channel: str) -> None:
    ts = room.client.chat_postMessage(channel=channel, text="react")["ts"]
    told = {"channel": channel, "timestamp": ts}
    assert room.error("reactions.add", name=":tada:", **told) == "ok"
    assert room.error("reactions.add", name="tada", **told) == "already_reacted"
    assert room.error("reactions.add", name="two words", **told) == "invalid_name"
    room.do("react", user=REP, channel=channel, ts=ts, reaction="tada")
    found = room.client.reactions_get(**told)["message"]["reactions"]
    assert found == [{"name": "tada", "users": [room.see()["app"]["user_id"], REP], "count": 2}]
    assert room.error("reactions.remove", name="tada", **told) == "ok"
    assert room.error("reactions.remove", name="tada", **told) == "no_reaction"
    assert room.error("reactions.add", name="tada", channel=channel, timestamp="1.2") == "message_not_found"
    assert room.error("reactions.add", name="tada", channel=room.apart, timestamp=ts) == "not_in_channel"


def test_a_file_is_uploaded_in_three_steps(room: Room, channel: str) -> None:
    data = b"\x89PNG picture"
    asked = room.client.files_getUploadURLExternal(filename="chart.png", length=len(data), alt_txt="A chart")
    wrong = httpx.post(asked["upload_url"], content=data + b"!")
    assert (wrong.status_code, wrong.text) == (400, "length_mismatch")
    not_yet = [{"id": asked["file_id"]}]
    assert room.error("files.completeUploadExternal", files=not_yet, channel_id=channel) == "file_not_found"
    assert httpx.post(asked["upload_url"], files={"file": data}).text == f"OK - {len(data)}"
    assert httpx.post(asked["upload_url"], content=data).text == f"OK - {len(data)}"  # again is safe before the third
    told = [{"id": asked["file_id"], "title": "Use"}]
    room.client.files_completeUploadExternal(files=told, channel_id=channel, initial_comment="Look")
    assert room.error("files.completeUploadExternal", files=told, channel_id=channel) == "file_not_found"
    message = room.messages(REP, channel)[-1]
    file = message["files"][0]
    assert (message["text"], file["title"], file["alt_text"]) == ("Look", "Use", "A chart")
    assert room.http.get(file["url"]).content == data
    assert room.error("files.getUploadURLExternal", filename="x", length=0) == "invalid_arguments"
    assert room.error("files.completeUploadExternal", files=[]) == "invalid_arguments"


PNG = b"\x89PNG\r\n\x1a\n and so on"


def upload(room: Room, data: bytes, *, complete: bool = True) -> str:
    """The id of a file that was shared with nobody."""
    asked = room.client.files_getUploadURLExternal(filename="chart.png", length=len(data))
    httpx.post(asked["upload_url"], content=data)
    if complete:
        room.client.files_completeUploadExternal(files=[{"id": asked["file_id"]}])
    return str(asked["file_id"])


def picture(**source: str) -> dict[str, Any]:
    return {"type": "image", "alt_text": "A chart", "slack_file": source}


def test_a_file_without_a_channel_is_private_and_blocks_can_show_it(room: Room, channel: str) -> None:
    before = room.messages(REP, channel)
    file_id = upload(room, PNG)
    assert room.messages(REP, channel) == before
    file = room.server.sandbox.space.files[file_id]
    assert file.to_slack("")["is_public"] is False
    url = f"{room.server.url}/_sandbox/files/{file_id}"
    room.client.chat_postMessage(channel=channel, text="x", blocks=[picture(id=file_id), picture(url=url)])
    in_context = {"type": "context", "elements": [picture(id=file_id)]}
    ts = room.client.chat_postMessage(channel=channel, text="x", blocks=[in_context])["ts"]
    room.client.chat_update(channel=channel, ts=ts, text="x", blocks=[picture(id=file_id)])
    assert room.messages(REP, channel)[-1]["blocks"][0]["slack_file"] == {"id": file_id}
    room.client.views_publish(user_id=REP, view={"type": "home", "blocks": [picture(id=file_id)]})


def test_blocks_show_only_pictures_that_are_there(calm: Room, channel: str) -> None:
    room, before = calm, calm.messages(REP, channel)
    wrong = [
        picture(id="F0NOTHING"),
        picture(url="https://slack.example/F0NOTHING"),
        picture(id=upload(room, PNG, complete=False)),
        picture(id=upload(room, b"%PDF-1.7")),
    ]
    for block in wrong:
        answer = room.api("chat.postMessage", channel=channel, text="x", blocks=[text_block("x"), block]).json()
        assert answer["error"] == "invalid_blocks"
        assert answer["response_metadata"]["messages"] == [
            "[ERROR] invalid slack file [json-pointer:/blocks/1/slack_file]"
        ]
        attached = [{"blocks": [block]}]
        assert room.error("chat.postMessage", channel=channel, text="x", attachments=attached) == "invalid_blocks"
        view = {"type": "home", "blocks": [block]}
        assert room.error("views.publish", user_id=REP, view=view) == "invalid_arguments"
    assert room.messages(REP, channel) == before


def test_a_file_that_slack_has_not_looked_at_yet_cannot_be_shown(room: Room, channel: str) -> None:
    room.do("faults", rules=[{"method": "files.completeUploadExternal", "kind": "not_ready", "delay": 0.3}])
    file_id = upload(room, PNG)
    told = {"channel": channel, "text": "x", "blocks": [picture(id=file_id)]}
    assert room.error("chat.postMessage", **told) == "invalid_blocks"
    time.sleep(0.35)
    assert room.error("chat.postMessage", **told) == "ok"


@pytest.mark.parametrize(("kind", "status"), [("ratelimited", 429), ("error_before", 500), ("timeout_before", 500)])
def test_the_bytes_of_a_file_can_get_lost(room: Room, kind: str, status: int) -> None:
    asked = room.client.files_getUploadURLExternal(filename="chart.png", length=len(PNG))
    room.do("faults", rules=[{"method": "upload", "kind": kind, "delay": 0.1}])
    assert httpx.post(asked["upload_url"], content=PNG).status_code == status
    assert room.error("files.completeUploadExternal", files=[{"id": asked["file_id"]}]) == "file_not_found"
    room.do("faults", rules=[])
    assert httpx.post(asked["upload_url"], content=PNG).status_code == 200


def test_the_client_library_uploads_a_file(room: Room, channel: str) -> None:
    room.client.files_upload_v2(content=b"a,b", filename="rows.csv", channel=channel)
    assert room.messages(REP, channel)[-1]["files"][0]["mimetype"] == "text/csv"


def test_slack_sdk_reads_the_refusals(room: Room) -> None:
    with pytest.raises(SlackApiError) as refused:
        room.client.chat_postMessage(channel="C0NOWHERE", text="hi")
    assert refused.value.response["error"] == "channel_not_found"
