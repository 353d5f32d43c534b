"""The picture on a Home: shown as soon as Slack knows it, uploaded once, and in words where Slack takes none."""

import pytest

from bot.connect import slack_client
from bot.picture import WeeksPicture
from bot.publisher import Publisher
from bot.reader import Reader, TooFast
from bot.views import kit
from sandbox.server import SandboxServer
from tests.house import sandbox_settings
from tests.slack import Person, Slack

WEEKS = WeeksPicture("Uses by week", (2, 5), "week of 2 Nov", "week of 9 Nov")
HOME = {"type": "home", "blocks": [kit.section("Hello"), kit.picture(WEEKS, for_many=True)]}
ASKED, DONE = "files.getUploadURLExternal", "files.completeUploadExternal"


def picture_of(person: Person) -> str:
    """The kind of block in which the picture stands on the screen."""
    return str(person.sees_all()["home"]["blocks"][1]["type"])


def test_a_picture_is_shown_as_soon_as_slack_knows_it(server: SandboxServer) -> None:
    slack = Slack(server.url)
    slack.post("reset")
    slack.post("limits", scale=0)
    harriet, desmond = slack.person("Harriet"), slack.person("Desmond")
    client = slack_client(sandbox_settings(server, "sqlite:///unused.db"), 2)

    def publisher() -> Publisher:
        return Publisher(client, Reader(client), seconds=0.5)

    slack.post("faults", rules=[{"method": DONE, "kind": "not_ready", "delay": 3600}])
    slow = publisher()
    with pytest.raises(TooFast):  # the job comes again
        slow.publish(harriet.id, HOME)
    assert (picture_of(harriet), WEEKS.alt_text in harriet.home) == ("context", True)
    slow.publish(harriet.id, HOME)  # and waits for the same picture no more
    assert picture_of(harriet) == "context"

    slack.post("faults", rules=[])
    uploads, quick = len(slack.calls(DONE)), publisher()
    for person in (harriet, desmond, harriet):
        quick.publish(person.id, HOME)
    assert (picture_of(harriet), picture_of(desmond)) == ("image", "image")
    assert len(slack.calls(DONE)) == uploads + 1

    slack.post("faults", rules=[{"method": ASKED, "kind": "unknown_method"}])
    publisher().publish(harriet.id, HOME)
    assert picture_of(harriet) == "context"
    slack.post("faults", rules=[{"method": "views.publish", "kind": "unknown_method"}])
    without = publisher()
    for _ in range(2):
        without.publish(harriet.id, {"type": "home", "blocks": [kit.section("Hello")]})
    slack.close()
