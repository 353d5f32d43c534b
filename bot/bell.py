"""How threads that look for work sleep until there is some."""

import threading


class Bell:
    """Wakes one of those who wait; rung while nobody waits, it is heard by the next who would."""

    def __init__(self) -> None:
        """Nobody has rung yet."""
        self._changed, self._is_rung = threading.Condition(), False

    def ring(self) -> None:
        """Wake one."""
        with self._changed:
            self._is_rung = True
            self._changed.notify()

    def wait(self, seconds: float) -> None:
        """Sleep until the bell rings for this thread, or for so many seconds."""
        with self._changed:
            if not self._is_rung:
                self._changed.wait(seconds)
            self._is_rung = False
