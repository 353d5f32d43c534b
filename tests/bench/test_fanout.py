"""The short run of the fan-out: at Slack's pace, nothing lost or doubled, and answers do not queue behind digests."""

from slack_sdk import WebClient

from bench import fanout
from bench.stage import open_sandbox


def test_the_outbox_drains_at_slacks_pace_and_answers_go_first() -> None:
    found = fanout.run(fanout.QUICK, fanout.QUICK_SCALE)
    ours, bare = found["Groundswell"], found["bare slack_sdk"]
    assert (ours.lost, ours.twice, ours.too_fast) == (0, 0, 0)
    assert ours.messages == fanout.QUICK + len(ours.answers)
    assert ours.share > 0.3  # the machine may be very busy; the long run must reach 0.98
    assert 0 < ours.p95 < bare.p95


def test_what_is_lost_or_doubled_is_counted() -> None:
    with open_sandbox() as server:
        slack = WebClient(token="xoxb-sandbox", base_url=f"{server.url}/api/")
        person = next(iter(server.sandbox.space.people))
        for text in ("message 0", "message 1", "message 1"):
            slack.chat_postMessage(channel=person, text=text)
        seen = fanout.look(server, 0.0, {"message 0", "message 1", "message 2"}, {"answer 0": 0.0}, 1.0)
    assert (seen.messages, seen.lost, seen.twice) == (3, 2, 1)
