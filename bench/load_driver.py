"""Slack at ten times its pace, a process of its own: `python -m bench.load_driver PLAN` prints what was answered."""

import asyncio
import itertools
import json
import random
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.malformed import signature
from bot.payload import FORM, JSON

EMOJI = ("+1", "-1", "white_check_mark", "question", "hourglass")
TWICE = 0.05  # of all deliveries come twice at the same moment, as Slack's retries do
IDLE_SECONDS = 8.0  # after which a connection is not used again: the app closes it after fifteen
# Of a hundred deliveries: events, and a few commands and clicks among them. A reaction becomes a row of feedback after
# a look at its message.
MIX = ("reaction",) * 55 + ("home",) * 40 + ("command",) * 3 + ("click",) * 2


@dataclass
class Plan:
    """What to send and where; `messages` are [channel, ts] of messages about an asset, `version_id` its version."""

    host: str
    port: int
    secret: str
    team_id: str
    people: list[str]
    messages: list[list[str]]
    version_id: int
    seconds: float
    rate: float
    clicks_at_once: int


@dataclass
class Answers:
    """What was answered: milliseconds by kind, how many of each kind were different, statuses other than 200."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    different: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    replies: int = 0
    late_starts: int = 0  # deliveries that this driver itself sent more than 50 ms late


class Driver:
    """Sends at fixed moments whatever the answers do; an ack is timed from the moment at which it was due."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.answers = plan, Answers()
        self._reply_url = ""
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = deque()
        self._numbers = itertools.count(1)
        self._reactions = itertools.product(plan.messages, plan.people, EMOJI)

    async def drive(self) -> Answers:
        """The steady stream with all the clicks at once in its middle; private replies are taken meanwhile."""
        ears = await asyncio.start_server(self._hear, self.plan.host, 0)
        self._reply_url = f"http://{self.plan.host}:{ears.sockets[0].getsockname()[1]}/reply"
        dice, began, tasks = random.Random(1), time.perf_counter(), set[asyncio.Task[None]]()
        count = int(self.plan.seconds * self.plan.rate)
        for number in range(count):
            due = began + number / self.plan.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self.answers.late_starts += time.perf_counter() - due > 0.05
            tasks.add(asyncio.create_task(self._deliver(dice.choice(MIX), due, twice=dice.random() < TWICE)))
            if number == count // 2:
                now = time.perf_counter()
                for _ in range(self.plan.clicks_at_once):
                    tasks.add(asyncio.create_task(self._deliver("click", now, burst=True)))
        await asyncio.gather(*tasks)
        await asyncio.sleep(1)  # the last private replies are under way
        for _reader, writer, _since in self._idle:
            writer.close()
        return self.answers

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.answers.replies += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    async def _deliver(self, kind: str, due: float, *, twice: bool = False, burst: bool = False) -> None:
        kind, content_type, body = self._body(kind)
        name = "burst" if burst else kind
        self.answers.different[kind] = self.answers.different.get(kind, 0) + 1
        await asyncio.gather(*(self._post(name, content_type, body, due) for _ in range(2 if twice else 1)))

    async def _post(self, name: str, content_type: str, body: bytes, due: float) -> None:
        stamp = str(int(time.time()))
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
            f"X-Slack-Signature: {signature(stamp, body, self.plan.secret)}\r\n\r\n"
        )
        try:
            status = await self._ask(head.encode() + body)
        except (OSError, asyncio.IncompleteReadError) as error:
            status = type(error).__name__
        self.answers.ms.setdefault(name, []).append(round((time.perf_counter() - due) * 1000, 1))
        if status != "200":
            self.answers.wrong[status] = self.answers.wrong.get(status, 0) + 1

    async def _ask(self, request: bytes) -> str:
        while self._idle and time.monotonic() - self._idle[0][2] > IDLE_SECONDS:
            self._idle.popleft()[1].close()
        if self._idle:
            reader, writer, _ = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection(self.plan.host, self.plan.port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
        await reader.readexactly(int(length.split(":")[1]))
        if "connection: close" in head:
            writer.close()
        else:
            self._idle.append((reader, writer, time.monotonic()))
        return head.split(" ")[1]

    def _body(self, kind: str) -> tuple[str, str, bytes]:
        """The next delivery of a kind: what it became, its content type and its body."""
        number, plan = next(self._numbers), self.plan
        user = plan.people[number % len(plan.people)]
        if kind == "command":
            form = {
                "command": "/asset-feedback", "text": f"corvane surgeon deck 4 surgeons loved it {number}",
                "user_id": user, "user_name": "somebody", "team_id": plan.team_id, "channel_id": "C1",
                "trigger_id": f"load{number}",
            }  # fmt: skip
            return kind, FORM, urlencode(form).encode()
        if kind == "click":
            ts, action = f"{number}.000100", {"type": "button", "action_id": "feedback.used", "block_id": "b"}
            click = {
                "type": "block_actions", "team": {"id": plan.team_id}, "trigger_id": f"load{number}",
                "user": {"id": user, "name": "somebody", "team_id": plan.team_id}, "channel": {"id": "C1"},
                "container": {"type": "message", "message_ts": ts, "channel_id": "C1", "is_ephemeral": False},
                "message": {"ts": ts}, "response_url": self._reply_url,
                "actions": [action | {"value": str(plan.version_id), "action_ts": f"{number}.2"}],
            }  # fmt: skip
            return kind, FORM, urlencode({"payload": json.dumps(click)}).encode()
        event: dict[str, Any] = {"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"}
        if kind == "reaction":
            (channel, ts), user, emoji = next(self._reactions)
            item = {"type": "message", "channel": channel, "ts": ts}
            event = {"type": "reaction_added", "user": user, "reaction": emoji, "item": item, "event_ts": f"{number}.3"}
        body = {"type": "event_callback", "team_id": plan.team_id, "event_id": f"EvLoad{number}", "event": event}
        return kind, JSON, json.dumps(body).encode()


def main() -> None:
    """Read the plan, drive, and print."""
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text()))
    print(json.dumps(vars(asyncio.run(Driver(plan).drive()))))


if __name__ == "__main__":
    main()
