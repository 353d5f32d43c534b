"""Two thousand messages at Slack's pace, and the answers that are queued meanwhile: `python -m bench.fanout`."""

import argparse
import json
import random
import statistics
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from rich.console import Console
from rich.table import Table
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from sqlmodel import Session

from bench.stage import Databases, Stage, open_databases, open_sandbox
from sandbox.limits import WORKSPACE_BURST, WORKSPACE_PER_SECOND
from sandbox.server import SandboxServer
from storage import outbox, people
from tests.slack import Slack

FULL, QUICK = 2_000, 90
SCALE, QUICK_SCALE = 0.25, 0.125  # of Slack's waits: a quarter is four times its speed; bursts stay as large
ANSWERS_A_SECOND = 5.0
FLOOR = 0.98  # of the allowed rate

Say = Callable[[str, str], None]  # an answer: to whom, and its words


@dataclass
class Sent:
    """What arrived at Slack. `share` is of what Slack would have taken in that time, with its burst."""

    messages: int
    lost: int
    twice: int
    too_fast: int  # answers of 429
    seconds: float
    share: float
    answers: list[float]  # seconds that each waited

    @property
    def p95(self) -> float:
        """The answer that waited longer than 95 % of them; in seconds."""
        return statistics.quantiles(self.answers, n=20)[-1] if len(self.answers) > 1 else 0.0


def use_limits(server: SandboxServer, scale: float) -> None:
    """Slack's limits, faster by 1/`scale`; the workspace's burst stays, or a short run would be all burst."""
    limits = server.sandbox.limits
    limits.set_scale(scale)
    bucket = limits._bucket("chat.postMessage", WORKSPACE_BURST, WORKSPACE_PER_SECOND, time.monotonic())
    bucket.capacity = bucket.level = float(WORKSPACE_BURST)


def keep_answering(everybody: list[str], say: Say, ended: threading.Event) -> dict[str, float]:
    """Say something to somebody a few times a second until `ended`; gives when, by its words."""
    said, dice = dict[str, float](), random.Random(1)
    while not ended.wait(1 / ANSWERS_A_SECOND):
        text = f"answer {len(said)}"
        said[text] = time.time()
        say(dice.choice(everybody), text)
    return said


def look(server: SandboxServer, began: float, expected: set[str], said: dict[str, float], scale: float) -> Sent:
    """Count what Slack's log has of this run."""
    calls = [one for one in server.sandbox.log.since(0, "api") if one["method"] == "chat.postMessage"]
    taken = [one for one in calls if one["answer"].get("ok")]
    times = {str(one["args"]["text"]): datetime.fromisoformat(one["at"]).timestamp() for one in taken}
    count = Counter(str(one["args"]["text"]) for one in taken)
    seconds = max(times.values(), default=began) - began
    allowed = WORKSPACE_BURST + WORKSPACE_PER_SECOND / scale * seconds
    return Sent(
        messages=sum(count[text] for text in expected | said.keys()),
        lost=len((expected | said.keys()) - count.keys()),
        twice=sum(number - 1 for number in count.values()),
        too_fast=sum(one["answer"].get("error") == "ratelimited" for one in calls),
        seconds=seconds,
        share=len(taken) / allowed,
        answers=[times[text] - at for text, at in said.items() if text in times],
    )


def run_sender(server: SandboxServer, databases: Databases, count: int, scale: float) -> Sent:
    """The outbox and its sender, as the app runs them."""
    pace = {"send_interval": 1.0 * scale, "sends_per_second": WORKSPACE_PER_SECOND / scale}
    with databases.new() as url:
        stage = Stage(server, url, use_threads=True, send_timeout=15, settle_seconds=60, **pace)
        try:
            use_limits(server, scale)
            team_id, now, ended = server.team_id, stage.clock.now(), threading.Event()
            with stage.db.read() as session:
                everybody = [one.user_id for one in people.list_people(session, team_id=team_id)]

            def say(user_id: str, text: str) -> None:
                with stage.db.begin() as session:
                    _enqueue(session, team_id, user_id, text, now, "answer")

            expected = {f"message {number}" for number in range(count)}
            with stage.db.begin() as session:
                for number, text in enumerate(sorted(expected)):
                    _enqueue(session, team_id, everybody[number % len(everybody)], text, now, "digest")
            began, said = time.time(), dict[str, float]()
            asking = threading.Thread(target=lambda: said.update(keep_answering(everybody, say, ended)))
            asking.start()
            while not _is_sent(stage, "digest"):
                time.sleep(0.05)
            ended.set()
            asking.join()
            stage.settle()
            return look(server, began, expected, said, scale)
        finally:
            stage.close()


def _enqueue(session: Session, team_id: str, user_id: str, text: str, now: datetime, lane: str) -> None:
    message = {"text": text}
    outbox.enqueue(session, team_id=team_id, key=text, target=user_id, message=message, now=now, lane=lane)


def _is_sent(stage: Stage, lane: str) -> bool:
    query = f"SELECT count(*) FROM outbox WHERE lane = {outbox.LANES[lane]} AND state IN ('pending', 'sending')"
    with stage.looks.read() as session:
        return bool(session.connection().exec_driver_sql(query).scalar_one() == 0)


def run_bare(server: SandboxServer, count: int, scale: float) -> Sent:
    """The same messages in a loop over slack_sdk's client, with its handler that waits when Slack says 429."""
    screen = Slack(server.url)
    screen.post("reset")
    screen.close()
    use_limits(server, scale)
    everybody = list(server.sandbox.space.people)
    client = WebClient(token="xoxb-sandbox", base_url=f"{server.url}/api/")
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1000))
    expected = [f"message {number}" for number in range(count)]
    queue = deque((everybody[number % len(everybody)], text) for number, text in enumerate(expected))
    began, said, ended = time.time(), dict[str, float](), threading.Event()

    def say(user_id: str, text: str) -> None:
        queue.append((user_id, text))

    asking = threading.Thread(target=lambda: said.update(keep_answering(everybody, say, ended)))
    asking.start()
    left = count
    while queue or asking.is_alive():
        if not queue:
            time.sleep(0.005)
            continue
        user_id, text = queue.popleft()
        client.chat_postMessage(channel=user_id, text=text)
        left -= text.startswith("message")
        if not left:
            ended.set()
    asking.join()
    return look(server, began, set(expected), said, scale)


def run(count: int, scale: float) -> dict[str, Sent]:
    """The sender and the bare loop, one after the other, on SQLite."""
    with open_sandbox() as server, open_databases("sqlite", server.team_id) as databases:
        return {
            "Groundswell": run_sender(server, databases, count, scale),
            "bare slack_sdk": run_bare(server, count, scale),
        }


def main(argv: list[str] | None = None) -> int:
    """Run and print; gives 1 if anything was lost or sent twice, or the sender was slow."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help=f"{QUICK} messages, faster still")
    arguments.add_argument("--scale", type=float, help="of Slack's waits; 1 is as slow as Slack")
    given = arguments.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    count, scale = (QUICK, given.scale or QUICK_SCALE) if given.quick else (FULL, given.scale or SCALE)
    found = run(count, scale)
    console = Console()
    table = Table(title=f"{count:,} messages at {WORKSPACE_PER_SECOND / scale:.0f} a second")
    for column in ("", "sent", "lost", "twice", "429", "seconds", "of the allowed rate", "answers", "p95 of an answer"):
        table.add_column(column, justify="right" if column else "left")
    for name, one in found.items():
        cells = (one.messages, one.lost, one.twice, one.too_fast, f"{one.seconds:.1f}", f"{one.share:.1%}")
        table.add_row(name, *(str(cell) for cell in cells), str(len(one.answers)), f"{one.p95:.2f} s")
    console.print(table)
    ours, bare = found.values()
    figures = {
        "bench": "fanout", "messages": ours.messages, "scale": scale, "share": round(ours.share, 3), "lost": ours.lost,
        "twice": ours.twice, "too_fast": ours.too_fast, "answer_p95": round(ours.p95, 3),
        "seconds": round(ours.seconds, 1),
        "bare_share": round(bare.share, 3), "bare_answer_p95": round(bare.p95, 3), "bare_too_fast": bare.too_fast,
    }  # fmt: skip
    print(json.dumps(figures))
    return 1 if ours.lost or ours.twice or (ours.share < FLOOR and not given.quick) else 0


if __name__ == "__main__":
    sys.exit(main())
