"""Two thousand people at their phones, a process of its own: `python -m bench.votes_driver PLAN` prints the answers."""

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.load_driver import Answers, Driver, Plan
from bot.payload import FORM

AGAIN = 0.05  # of the people press a second time, another answer, half a second later
COPIES = 0.05  # of the presses come twice at the same moment


@dataclass
class VotesPlan:
    """Who presses what, where; `buttons` are [action_id, value] of the message, in their order."""

    host: str
    port: int
    secret: str
    team_id: str
    people: list[str]
    channel: str
    ts: str
    buttons: list[list[str]]
    seconds: float


class VotesDriver(Driver):
    """One press a person at a moment of their own, spread evenly over the seconds, whatever the answers do."""

    def __init__(self, plan: VotesPlan) -> None:
        super().__init__(
            Plan(plan.host, plan.port, plan.secret, plan.team_id, plan.people, [], 0, plan.seconds, 0.0, 0)
        )
        self._votes = plan
        self._pressed = 0

    async def drive_votes(self) -> Answers:
        """All presses; private replies are taken meanwhile."""
        ears = await asyncio.start_server(self._hear, self.plan.host, 0)
        self._reply_url = f"http://{self.plan.host}:{ears.sockets[0].getsockname()[1]}/reply"
        dice, began = random.Random(1), time.perf_counter()
        async with asyncio.TaskGroup() as presses:
            for number, (user, choice) in enumerate(first_choices(self._votes).items()):
                due = began + number * self._votes.seconds / len(self._votes.people)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                self.answers.late_starts += time.perf_counter() - due > 0.05
                is_twice = dice.random() < COPIES
                presses.create_task(self._press_all(user, choice, second_choices(self._votes).get(user), due, is_twice))
        for _ in range(100):  # the last private replies are under way
            if self.answers.replies >= len(self.answers.ms["press"]):
                break
            await asyncio.sleep(0.1)
        return self.answers

    async def _press_all(self, user: str, choice: int, then: int | None, due: float, is_twice: bool) -> None:
        await self._press(user, choice, due, is_twice)
        if then is not None:  # somebody who has thought again; nobody does before the first answer is there
            await asyncio.sleep(0.5)
            await self._press(user, then, time.perf_counter(), False)

    async def _press(self, user: str, choice: int, due: float, is_twice: bool) -> None:
        self._pressed += 1
        body = self._click(user, choice, self._pressed)
        self.answers.different["press"] = self.answers.different.get("press", 0) + 1
        await asyncio.gather(*(self._post("press", FORM, body, due) for _ in range(2 if is_twice else 1)))

    def _click(self, user: str, choice: int, number: int) -> bytes:
        plan, (action_id, value) = self._votes, self._votes.buttons[choice]
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        click = {
            "type": "block_actions", "team": {"id": plan.team_id}, "trigger_id": f"votes{number}",
            "user": {"id": user, "name": "somebody", "team_id": plan.team_id}, "channel": {"id": plan.channel},
            "container": {"type": "message", "message_ts": plan.ts, "channel_id": plan.channel, "is_ephemeral": False},
            "message": {"ts": plan.ts}, "response_url": self._reply_url,
            "actions": [action | {"action_ts": f"{number}.2"}],
        }  # fmt: skip
        return urlencode({"payload": json.dumps(click)}).encode()


def first_choices(plan: VotesPlan) -> dict[str, int]:
    """What each person presses first, in the order of their presses."""
    dice = random.Random(2)
    people = list(plan.people)
    dice.shuffle(people)
    return {user: dice.randrange(len(plan.buttons)) for user in people}


def second_choices(plan: VotesPlan) -> dict[str, int]:
    """What those press who press another answer afterwards."""
    dice = random.Random(3)
    return {
        user: (choice + 1) % len(plan.buttons) for user, choice in first_choices(plan).items() if dice.random() < AGAIN
    }


def main() -> None:
    """Read the plan, drive, and print."""
    plan = VotesPlan(**json.loads(Path(sys.argv[1]).read_text()))
    print(json.dumps(vars(asyncio.run(VotesDriver(plan).drive_votes()))))


if __name__ == "__main__":
    main()
