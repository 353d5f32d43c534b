"""Who said what, guessed from all that is left of anonymous polls: `python -m bench.anonymity [--quick]`.

The polls are closed and told, and every fifth is answered, by the app's own handlers. The attacker has every file, log
and backup that exists after the close, all that was released, and also saw everybody vote: the exact order. Every order
in which the ballots are found is laid beside that order, forwards and backwards. Orders that tell nothing name one
ballot a poll rightly; orders that are alike count for as much less as they are. If all of them together lie outside
two standard deviations (one run in 22 by chance), as many new polls are attacked, and these decide.
"""

import argparse
import json
import logging
import math
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.anonymity_polls import Polls
from bench.anonymity_traces import MARK, Engine, LiveCopy, Poll, Traces, in_order
from storage.backup import make_backup
from tests.databases import FOLDER

ENGINES = ("sqlite", "postgresql")
POLLS, QUICK_POLLS = 1_000, 40  # on each engine
TOGETHER = {"sqlite": 1, "postgresql": 20}  # polls in one database: a new one takes PostgreSQL longer
FEWEST, MOST = 5, 200  # voters
SAMPLE = 5  # every which poll is answered in its form, copied while it is open and backed up; hashes looked for
BOUND = 2.0  # standard deviations
TRIES = 2


@dataclass
class Tally:
    """Ballots that were named rightly, against what blind guesses give: a random permutation fits once in a poll."""

    polls: int = 0
    hits: int = 0
    expected: float = 0.0
    variance: float = 0.0

    def add(self, orders: Iterable[Sequence[bytes]], truth: Sequence[bytes]) -> None:
        """Lay orders beside the true one, together; one that has fewer than all `n` ballots is spread out over it.

        With A[i][j] the number of orders that lay ballot i at place j, the hits are the sum of A at the true places of
        a random permutation. Its mean is sum(A) / n, and its variance that of Hoeffding's combinatorial central limit
        theorem (1951): the sum of the squares of A, less the means of its rows and columns, over n - 1. So orders that
        are nearly the same count as nearly one.
        """
        n, placed = len(truth), Counter[tuple[bytes, int]]()
        for order in orders:
            placed.update((mark, place * n // len(order)) for place, mark in enumerate(order))
        if not placed:
            return
        rows, columns = Counter[bytes](), Counter[int]()
        for (mark, place), times in placed.items():
            rows[mark] += times
            columns[place] += times
        total = placed.total()
        self.polls += 1
        self.hits += sum(placed[mark, place] for place, mark in enumerate(truth))
        self.expected += total / n
        squares = sum(times * times for times in placed.values())
        means = sum(t * t for t in rows.values()) / n + sum(t * t for t in columns.values()) / n
        self.variance += (squares - means + total * total / (n * n)) / (n - 1)

    @property
    def deviations(self) -> float:
        """How far off blind guessing, in standard deviations."""
        return (self.hits - self.expected) / math.sqrt(self.variance) if self.variance else 0.0


@dataclass
class Result:
    """What the attacks on one engine came to."""

    engine: str
    polls: int = 0
    ballots: int = 0
    by_trace: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    together: Tally = field(default_factory=Tally)
    lost: int = 0
    faults: int = 0
    boxes_left: int = 0
    secrets_left: int = 0
    in_early_backups: int = 0
    in_logs: int = 0
    backups: int = 0
    copied: int = 0
    named_in_copies: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing is there that must not be, and every ballot that must."""
        return not (
            self.lost or self.faults or self.boxes_left or self.secrets_left or self.in_early_backups or self.in_logs
        )


class Attack:
    """Holds polls on one engine, closes them, and attacks what is left."""

    def __init__(self, engine: str, folder: Path, dice: random.Random) -> None:
        self._engine, self._folder, self._dice = Engine(engine, folder), folder, dice
        self.result = Result(engine)

    def go(self, polls: int) -> None:
        """Hold and attack some polls, in one new database."""
        with self._engine.new() as traces:
            self._polls = Polls(traces)
            held = [self._hold(traces) for _ in range(polls)]
            self.result.boxes_left += traces.boxes_left()
            left = traces.bytes_left()
            if any(self._is_sampled(poll) for poll in held):
                left["backup after the close"] = self._backup(traces)
            for poll in held:
                self._attack(traces, poll, left)

    def close(self) -> None:
        """Let go of the engine."""
        self._engine.close()

    def _is_sampled(self, poll: Poll) -> bool:
        return bool(poll.secrets)

    def _hold(self, traces: Traces) -> Poll:
        """Let everybody vote in a random order, and close."""
        number = self._dice.randint(FEWEST, MOST)
        voters = [f"U{n}" for n in range(number)]
        self._dice.shuffle(voters)
        pulse_id = self._polls.begin(sorted(voters), silent=self._dice.randrange(20))
        poll = Poll(pulse_id, voters, [b"ballot-" + self._dice.randbytes(8).hex().encode() for _ in voters])
        is_sampled = self.result.polls % SAMPLE == 0
        backup_at = self._dice.randrange(number) if is_sampled else -1
        for place, (voter, mark) in enumerate(zip(voters, poll.marks, strict=True)):
            choice, words = self._dice.randrange(3), mark.decode()
            vote = self._polls.send_form if is_sampled else self._polls.cast
            self.result.lost += not vote(pulse_id, voter, choice, words)
            if place == backup_at:
                self.result.in_early_backups += len(set(MARK.findall(self._backup(traces))) & set(poll.marks))
        if is_sampled:
            self._copy(traces.copy_box(poll), poll)
        self._polls.close(pulse_id)
        self.result.polls += 1
        self.result.ballots += number
        return poll

    def _copy(self, copy: LiveCopy, poll: Poll) -> None:
        """Name ballots with a copy of the open box alone, and remember what must not be found after the close."""
        named = copy.named(poll.voters)
        self.result.copied += len(poll.voters)
        self.result.named_in_copies += sum(named.get(v) == m for v, m in zip(poll.voters, poll.marks, strict=True))
        poll.secrets = [copy.key, *copy.people[:SAMPLE]]

    def _backup(self, traces: Traces) -> bytes:
        file = self._folder / "backup.db"
        make_backup(traces.db, file, told=lambda _done, _total: None, force=True)
        self.result.backups += 1
        return file.read_bytes()

    def _attack(self, traces: Traces, poll: Poll, left: dict[str, bytes]) -> None:
        found = self._polls.released(poll)
        self.result.faults += len(self._polls.faults(poll))
        for kind, content in left.items():
            found[f"{kind}, first"], found[f"{kind}, last"] = in_order(content, poll.marks)
            self.result.secrets_left += sum(secret in content for secret in poll.secrets)
        distinct: set[tuple[bytes, ...]] = set()
        for trace, order in found.items():
            self.result.by_trace[trace].add([order], poll.marks)
            distinct |= {tuple(order), tuple(reversed(order))}
        self.result.together.add(distinct, poll.marks)


class _Listening(logging.Handler):
    """Keeps the marks in everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: set[bytes] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.found |= set(MARK.findall(record.getMessage().encode()))


def attack(engine: str, polls: int, dice: random.Random) -> Result:
    """Hold and attack `polls` polls on one engine."""
    listening = _Listening()
    logging.getLogger().addHandler(listening)
    with ExitStack() as stack:
        stack.callback(logging.getLogger().removeHandler, listening)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=FOLDER.parent)))
        attacking = Attack(engine, folder, dice)
        stack.callback(attacking.close)
        step = TOGETHER[engine]
        for first in track(range(0, polls, step), engine, console=Console(stderr=True)):
            attacking.go(min(step, polls - first))
    attacking.result.in_logs = len(listening.found)
    return attacking.result


def deviations(results: Sequence[Result]) -> float:
    """How far off blind guessing all attacks together are, in standard deviations."""
    hits = sum(result.together.hits - result.together.expected for result in results)
    return hits / math.sqrt(sum(result.together.variance for result in results))


def show(results: Sequence[Result]) -> None:
    """Print what was found, by trace."""
    table = Table(title="Ballots named rightly after the close")
    for column in ("", "found in", "polls", "rightly", "by chance", "deviations"):
        table.add_column(column, justify="left" if column in ("", "found in") else "right")
    for result in results:
        for trace, tally in {**result.by_trace, "all that differ, both ways": result.together}.items():
            figures = (f"{tally.polls:,}", f"{tally.hits:,}", f"{tally.expected:,.0f}", f"{tally.deviations:+.2f}")
            table.add_row(result.engine, trace, *(figures if tally.polls else ("none",)))
    Console().print(table)
    for result in results:
        Console().print(
            f"{result.engine}: {result.polls:,} polls, {result.ballots:,} ballots. After the close {result.boxes_left} "
            f"parts of boxes, {result.faults} faults in what was released, {result.secrets_left} keys and hashes, "
            f"{result.in_logs} ballots in logs; {result.in_early_backups} ballots of open polls in {result.backups} "
            f"backups. A copy of the box while it was open names {result.named_in_copies:,} of {result.copied:,}."
        )


def main() -> int:
    """Attack polls on both engines; gives 1 if anything beyond chance was found."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a small run")
    arguments.add_argument("--polls", type=int, help=f"on each engine, instead of {POLLS}")
    given = arguments.parse_args()
    polls = given.polls or (QUICK_POLLS if given.quick else POLLS)
    dice = random.Random()
    tries, is_chance = 0, False
    while tries < TRIES and not is_chance:
        tries += 1
        results = [attack(engine, polls, dice) for engine in ENGINES]
        show(results)
        is_chance = abs(deviations(results)) <= BOUND
    is_clean = all(result.is_clean for result in results)
    figures = {
        "bench": "anonymity", "polls": sum(result.polls for result in results), "tries": tries,
        "ballots": sum(result.ballots for result in results), "deviations": round(deviations(results), 2),
        "at_chance": is_chance, "clean": is_clean,
        **{f"{result.engine}_deviations": round(result.together.deviations, 2) for result in results},
        **{
            f"{result.engine}_copy_while_open_names": round(result.named_in_copies / max(result.copied, 1), 3)
            for result in results
        },
        "in_early_backups": sum(result.in_early_backups for result in results),
        "left": sum(result.boxes_left + result.secrets_left + result.in_logs for result in results),
        "lost": sum(result.lost for result in results), "faults": sum(result.faults for result in results),
    }  # fmt: skip
    print(json.dumps(figures))
    return 0 if is_chance and is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
