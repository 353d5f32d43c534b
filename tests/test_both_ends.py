"""Threads that take the newest and the oldest work in turns, and finish all of it before they end."""

import threading

from bot.both_ends import BothEndsPool


def test_newest_and_oldest_in_turns_and_nothing_is_left_behind() -> None:
    go, done = threading.Event(), list[int]()
    pool = BothEndsPool(1)
    first = pool.submit(go.wait, 5)
    for number in range(6):
        pool.submit(done.append, number)
    threading.Timer(0.05, go.set).start()
    pool.shutdown(wait=True)  # the end of the threads is in the queue before the work is done
    assert first.result()
    assert done == [0, 5, 1, 4, 2, 3]


def test_many_threads_do_everything_once() -> None:
    done = list[int]()
    with BothEndsPool(8) as pool:
        for number in range(2_000):
            pool.submit(done.append, number)
    assert sorted(done) == list(range(2_000))


def test_what_is_cancelled_at_the_end_is_not_done() -> None:
    go, done = threading.Event(), list[int]()
    pool = BothEndsPool(1)
    pool.submit(go.wait, 5)
    waiting = [pool.submit(done.append, number) for number in range(3)]
    pool.shutdown(wait=False, cancel_futures=True)
    go.set()
    pool.shutdown(wait=True)
    assert done == []
    assert all(one.cancelled() for one in waiting)
