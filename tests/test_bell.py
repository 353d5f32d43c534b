"""How threads that look for work are woken: one at a time, and never too late."""

import threading
import time

from bot.bell import Bell
from tests.slack import wait_until

LONG = 30.0  # seconds: nobody sleeps that long in these tests


def waiting(bell: Bell, woken: list[int], number: int) -> threading.Thread:
    def wait() -> None:
        bell.wait(LONG)
        woken.append(number)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_ring_that_nobody_waited_for_is_heard_by_the_next_and_by_no_other() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    begun = time.monotonic()
    bell.wait(LONG)
    assert time.monotonic() - begun < LONG / 2
    begun = time.monotonic()
    bell.wait(0.05)
    assert time.monotonic() - begun >= 0.05


def test_one_ring_wakes_one_and_the_next_another() -> None:
    bell, woken = Bell(), list[int]()
    threads = [waiting(bell, woken, number) for number in range(3)]
    for rung in (1, 2, 3):
        bell.ring()
        wait_until(lambda rung=rung: len(woken) == rung, f"{rung} are awake")  # type: ignore[misc]
        time.sleep(0.02)
        assert len(woken) == rung
    for thread in threads:
        thread.join()
    assert sorted(woken) == [0, 1, 2]
