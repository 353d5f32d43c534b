"""A short run of the votes bench: the real app as a process, a rush of votes, and every one counts once."""

from bench import votes


def test_every_vote_of_a_rush_counts_once_and_the_message_is_right() -> None:
    for told in votes.run("sqlite", 60, 0.5, tick=1):
        assert told["presses"] > 60
        told["longest_ms"] = told["closing_ms"] = 0  # the machine may be very busy; the long run must keep it
        assert votes.wrong(told) == [], told


def test_what_was_not_reached_is_said() -> None:
    good = {
        "not_200": 0, "lost": 0, "twice": 0, "wrong_counts": 0, "shown_after_s": 1.0, "too_fast": 0,
        "longest_ms": 900.0, "closing_ms": 90.0,
    }  # fmt: skip
    assert votes.wrong(good) == []
    bad = {"not_200": 1, "lost": 2, "twice": 1, "wrong_counts": 1, "shown_after_s": float("inf"), "too_fast": 1}
    assert len(votes.wrong(good | bad | {"longest_ms": 2600.0})) == 7
