"""The language model behind an OpenAI-compatible server: asked for one shape, in bounded time; it may always fail."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

OPENAI = "https://api.openai.com/v1"
MOST_BYTES = 256 * 1024  # of one answer
MOST_TOKENS = 1_000_000  # that one answer may say it cost
TRIES = 2
LONGEST_PAUSE = 3.0  # seconds between the tries, whatever the server would like
FAILURES = 3  # in a row, after which it is not asked for a while
REST, LONGEST_REST = 60.0, 900.0  # seconds of that while, doubled each time it fails again
AGAIN = ("busy", "server", "unreachable", "broken")  # what may be better the next time
HOPELESS = ("key", "model", "quota")  # and what is as it is until somebody changes it: it rests at once

T = TypeVar("T", bound=BaseModel)


class LeftOut(Exception):
    """The model gave nothing that can be used; `reason` is one word of REASONS, for the log and the doctor."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS = {
    "late": "it did not answer in time",
    "unreachable": "its server could not be reached",
    "key": "its server refuses the key",
    "model": "its server does not know the model",
    "quota": "its account has nothing left",
    "busy": "its server was busy",
    "server": "its server had an error",
    "request": "its server did not accept the question",
    "broken": "its answer was broken",
    "large": "its answer was far too large",
    "cut": "its answer did not come to an end",
    "refused": "it refused to answer",
    "resting": "it had failed too often just before",
    "budget": "the day's tokens are used up",
    "long": "the thread is too long for it",
    "unproven": "too little of what it claimed could be proven",
    "failed": "something went wrong on our side",
}


@dataclass
class Cost:
    """What was asked and what it cost."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


class Breaker:
    """Leaves a failing server alone for a while, so that nobody waits for it; real time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures, self._rest, self._until = 0, REST, 0.0

    def allows(self) -> bool:
        """Whether it may be asked now; after a rest one try is let through."""
        with self._lock:
            now = time.monotonic()
            if self._failures < FAILURES:
                return True
            if now < self._until:
                return False
            self._until = now + self._rest
            return True

    def record(self, reason: str | None) -> None:
        """How it went: None, or why not."""
        with self._lock:
            if reason is None:
                self._failures, self._rest = 0, REST
                return
            was_resting = self._failures >= FAILURES
            self._failures = FAILURES if reason in HOPELESS else self._failures + 1
            if self._failures >= FAILURES:
                self._rest = min(LONGEST_REST, self._rest * 2) if was_resting else REST
                self._until = time.monotonic() + self._rest


_breakers: dict[tuple[str, str], Breaker] = {}
_breakers_lock = threading.Lock()


class Model:
    """One configured model; may be used by several threads."""

    def __init__(self, settings: Settings) -> None:
        import openai  # noqa: F401  # takes a second, which is not taken from the server's

        self.name = settings.openai_model
        self.cost = Cost()
        self._key, self._url = settings.openai_api_key or "none", settings.openai_base_url or OPENAI
        self._timeout = settings.openai_timeout
        self._lock = threading.Lock()
        with _breakers_lock:
            self._breaker = _breakers.setdefault((self._url, self.name), Breaker())

    def ask(self, prompt: str, data: str, shape: type[T], until: float) -> T:
        """What it says to `data`, in that shape; `until` is the moment (`time.monotonic`) from which on nobody waits.

        Raises:
            LeftOut: it gave nothing that can be used, after at most TRIES tries.
        """
        for attempt in range(1, TRIES + 1):
            if not self._breaker.allows():
                raise LeftOut("resting")
            try:
                answer = self._ask_once(prompt, data, shape, min(until, time.monotonic() + self._timeout))
            except LeftOut as failed:
                self._breaker.record(failed.reason)
                pause = min(LONGEST_PAUSE, getattr(failed, "pause", 0.2))
                if (
                    attempt == TRIES
                    or failed.reason not in AGAIN
                    or time.monotonic() + pause + self._timeout / 2 > until
                ):
                    raise
                time.sleep(pause)
            else:
                self._breaker.record(None)
                return answer
        raise LeftOut("failed")

    def gave_up(self) -> None:
        """Nobody waits for it any more."""
        self._breaker.record("late")

    def _ask_once(self, prompt: str, data: str, shape: type[T], until: float) -> T:
        import openai

        left = until - time.monotonic()
        if left <= 0:
            raise LeftOut("late")
        guess = (len(prompt) + len(data)) // 4
        with self._lock:  # until it says what it cost, and should it never say
            self.cost.calls, self.cost.tokens_in = self.cost.calls + 1, self.cost.tokens_in + guess
        try:
            with _client(self._key, self._url, until) as client:
                answer = client.chat.completions.parse(
                    model=self.name,
                    messages=[{"role": "system", "content": prompt}, {"role": "user", "content": data}],
                    response_format=shape,
                )
        except openai.LengthFinishReasonError:
            raise LeftOut("cut") from None
        except openai.ContentFilterFinishReasonError:
            raise LeftOut("refused") from None
        except openai.OpenAIError as error:
            raise _left_out(error) from None
        except (ValidationError, json.JSONDecodeError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
            raise LeftOut("broken") from None  # a right answer has none of these; what it was is nobody's business
        if answer.usage:
            with self._lock:
                self.cost.tokens_in += min(MOST_TOKENS, max(0, answer.usage.prompt_tokens or 0)) - guess
                self.cost.tokens_out += min(MOST_TOKENS, max(0, answer.usage.completion_tokens or 0))
        parsed = answer.choices[0].message.parsed if answer.choices else None
        if parsed is None:
            raise LeftOut("refused" if answer.choices else "broken")
        return parsed


def look(settings: Settings, seconds: float) -> str | None:
    """Ask the server, for no tokens, whether it knows the key and the model; None if it does, or a word of REASONS."""
    import openai

    until = time.monotonic() + seconds
    try:
        with _client(settings.openai_api_key or "none", settings.openai_base_url or OPENAI, until) as client:
            known = [one.id for one in client.models.list().data]
    except openai.OpenAIError as error:
        return _left_out(error).reason
    except (ValueError, TypeError, AttributeError):
        return "broken"
    return None if not known or settings.openai_model in known else "model"


def _left_out(error: Exception) -> LeftOut:
    """The word for an error of the client's."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return LeftOut("late")
    if isinstance(error, openai.APIConnectionError):
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, LeftOut):
                return cause
            cause = cause.__cause__ or cause.__context__
        return LeftOut("unreachable")
    if isinstance(error, openai.RateLimitError):
        found = LeftOut("quota" if getattr(error, "code", None) == "insufficient_quota" else "busy")
        after = error.response.headers.get("retry-after", "")
        found.pause = float(after) if after.replace(".", "", 1).isdigit() else 1.0  # type: ignore[attr-defined]
        return found
    if isinstance(error, openai.APIStatusError):
        words = {401: "key", 403: "key", 404: "model", 400: "request", 422: "request"}
        return LeftOut("server" if error.status_code >= 500 else words.get(error.status_code, "request"))
    return LeftOut("broken")


def _client(key: str, url: str, until: float) -> "OpenAI":
    """A client whose answers end in time and stay small: time-outs alone would let a server drip a byte a second."""
    import httpx2
    from openai import OpenAI

    for name in ("openai", "httpx2", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below it they would write down what people said

    class Bounded(httpx2.SyncByteStream):
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self._inner:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise LeftOut("large")
                if time.monotonic() > until:
                    raise LeftOut("late")
                yield chunk

        def close(self) -> None:
            self._inner.close()

    def bind(answer: "httpx2.Response") -> None:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise LeftOut("broken")  # we asked for none, and a few bytes can be unpacked to a disk full
        answer.stream = Bounded(answer.stream)

    left = max(0.05, until - time.monotonic())
    return OpenAI(
        api_key=key,
        base_url=url,
        timeout=left,
        max_retries=0,
        http_client=httpx2.Client(
            timeout=left,
            follow_redirects=False,
            headers={"accept-encoding": "identity"},
            event_hooks={"response": [bind]},
        ),
    )
