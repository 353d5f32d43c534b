"""Work that waits for a thread: what has waited longest and what has just come, in turns."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any


class _BothEnds:
    """The queue of a thread pool, taken from both of its ends; `None`, which ends a thread, comes after all work."""

    def __init__(self) -> None:
        self._work, self._tokens, self._takes_newest = deque[Any](), SimpleQueue[None](), False

    def put(self, item: Any) -> None:
        if item is not None:
            self._work.append(item)
        self._tokens.put(None)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        self._tokens.get(block, timeout)
        self._takes_newest = not self._takes_newest
        try:
            return self._work.pop() if self._takes_newest else self._work.popleft()
        except IndexError:
            return None

    def get_nowait(self) -> Any:
        return self.get(block=False)


class BothEndsPool(ThreadPoolExecutor):
    """Threads that take the newest and the oldest work in turns.

    When hundreds press at once, somebody who comes a moment later is answered within milliseconds, instead of standing
    behind all of them; and half of the turns still go to whoever has waited longest, so that nobody waits for ever.
    """

    def __init__(self, max_workers: int) -> None:
        """A pool of at most so many threads."""
        super().__init__(max_workers=max_workers)
        self._work_queue = _BothEnds()  # type: ignore[assignment]
