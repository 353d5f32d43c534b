"""Slack's pace: a place, the workspace and a paused method wait; nothing sleeps."""

from bot.pace import BURST, Pace


class Watch:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_place_is_busy_while_a_message_is_under_way_and_a_while_after() -> None:
    watch = Watch()
    pace = Pace(target_seconds=1, per_second=0, monotonic=watch)
    pace.begin("C1")
    assert pace.busy() == {"C1"}
    pace.end("C1")
    assert pace.busy() == {"C1"}
    assert pace.seconds_to_wait(at_most=5) == 1
    watch.at += 1.01
    assert pace.busy() == frozenset()
    assert pace.seconds_to_wait(at_most=5) == 5


def test_the_workspace_has_a_burst_and_then_a_rate() -> None:
    watch = Watch()
    pace = Pace(target_seconds=0, per_second=5, monotonic=watch)
    assert sum(pace.take() for _ in range(BURST + 10)) == BURST
    assert 0.19 < pace.seconds_to_wait(at_most=5) <= 0.2
    watch.at += 1
    assert sum(pace.take() for _ in range(10)) == 5
    pace.give_back()
    assert pace.take()
    assert not pace.take()


def test_only_the_method_that_slack_named_is_paused() -> None:
    watch = Watch()
    pace = Pace(target_seconds=0, per_second=0, monotonic=watch)
    pace.pause("chat.postMessage", 30)
    pace.pause("chat.postMessage", 3)
    assert pace.paused() == {"chat.postMessage"}
    watch.at += 29
    assert pace.paused() == {"chat.postMessage"}
    watch.at += 1.1
    assert pace.paused() == frozenset()
