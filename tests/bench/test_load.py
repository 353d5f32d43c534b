"""A short run of the load bench: the real app as a process, ten times Slack's pace, and nothing lost or there twice."""

from bench import load


def test_nothing_is_lost_and_nothing_there_twice_under_load() -> None:
    figures = load.run(3.0, 40)
    assert figures["deliveries"] > 3 * load.RATE
    assert (figures["not_200"], figures["lost"], figures["twice"], figures["waiting"]) == (0, 0, 0, 0), figures
    assert figures["log_lines"] == 0


def test_what_was_not_reached_is_said() -> None:
    good = {
        "not_200": 0, "lost": 0, "twice": 0, "waiting": 0, "longest_ms": 900.0, "p99_ms": 100.0, "seconds": 600.0,
        "memory_mb": [90.0, 95.0, 96.0],
    }  # fmt: skip
    assert load.wrong(good) == []
    bad = {"not_200": 1, "lost": 2, "twice": 1, "longest_ms": 2600.0, "p99_ms": 501.0, "memory_mb": [90.0, 95.0, 120.0]}
    assert len(load.wrong(good | bad)) == 6
