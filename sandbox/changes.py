"""A number that rises with every change, and waiting for it."""

import asyncio
from collections.abc import Callable


class Changes:
    """Counts changes on one event loop; whoever waits is woken by the next one."""

    def __init__(self) -> None:
        """Start at 0, nobody waiting."""
        self.n = 0
        self._closed = False
        self._waiters: set[asyncio.Future[None]] = set()

    @property
    def is_closed(self) -> bool:
        """True when nothing will change any more because the server is stopping."""
        return self._closed

    def bump(self) -> None:
        """Something has changed."""
        self.n += 1
        self._wake()

    def close(self) -> None:
        """Let everybody go who waits."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, after: int, timeout: float) -> None:
        """Return once the number is higher than `after`, or after `timeout` seconds."""
        await self.wait_for(lambda: self.n > after, timeout)

    async def wait_for(self, true: Callable[[], bool], timeout: float) -> None:
        """Return once `true()` holds, looked at after each change, or after `timeout` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not true() and not self._closed and (left := end - loop.time()) > 0:
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            try:
                await asyncio.wait_for(waiter, left)
            except TimeoutError:
                return
            finally:
                self._waiters.discard(waiter)
