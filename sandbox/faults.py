"""Faults on demand: rules say which calls and events go wrong, how, and how often; drawn from a seed."""

import random
from dataclasses import dataclass

API_KINDS = (
    "unknown_method",
    "ratelimited",
    "error_before",
    "error_after",
    "timeout_before",
    "timeout_after",
    "reset_after",
    "late",
    "stale_cursor",
)
FILE_KINDS = (*API_KINDS, "not_ready")  # Slack looks at the file only after the delay
UPLOAD_KINDS = ("ratelimited", "error_before", "timeout_before")  # of the bytes themselves
EVENT_KINDS = ("twice", "reorder", "drop", "cut")
KINDS = {
    "event": EVENT_KINDS,
    "socket": ("cut",),
    "upload": UPLOAD_KINDS,
    "files.completeUploadExternal": FILE_KINDS,
}
DEFAULT_DELAY = {"ratelimited": 1.0, "late": 2.0, "reorder": 1.0, "cut": 10.0}


class FaultError(ValueError):
    """A rule that means nothing; the text is for a person."""


@dataclass
class Rule:
    """One kind of fault: where, how likely, how often at most (None: no end), and its seconds."""

    method: str
    kind: str
    rate: float
    left: int | None
    delay: float


def _rule(told: object) -> Rule:
    if not isinstance(told, dict):
        raise FaultError("Each rule is an object with method and kind.")
    method, kind = str(told.get("method", "")), str(told.get("kind", ""))
    kinds = KINDS.get(method, API_KINDS)
    if not method or kind not in kinds:
        raise FaultError(f'A fault of "{method or "?"}" is one of: {", ".join(kinds)}.')
    try:
        rate = float(told.get("rate", 1.0))
        count = None if told.get("count") is None else int(told["count"])
        delay = float(told.get("delay") or told.get("retry_after") or DEFAULT_DELAY.get(kind, 30.0))
    except (TypeError, ValueError):
        raise FaultError("The rate, count, delay and retry_after are numbers.") from None
    return Rule(method, kind, rate, count, delay)


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        """Start without any."""
        self.rules: list[Rule] = []
        self._dice = random.Random(0)

    def replace(self, rules: object, seed: object = 0) -> None:
        """Put new rules in place of the old ones.

        Raises:
            FaultError: a rule means nothing; the old rules stay.
        """
        if not isinstance(rules, list):
            raise FaultError("The rules are a list; an empty one ends all faults.")
        self.rules = [_rule(one) for one in rules]
        self._dice = random.Random(str(seed))

    def pick(self, *methods: str) -> Rule | None:
        """The first rule for one of these methods that strikes now, and counts it."""
        for rule in self.rules:
            if rule.method in methods and rule.left != 0 and self._dice.random() < rule.rate:
                if rule.left is not None:
                    rule.left -= 1
                return rule
        return None

    def socket_cut_seconds(self) -> float | None:
        """How often all sockets are to be cut, if at all."""
        return next((rule.delay for rule in self.rules if rule.method == "socket" and rule.left != 0), None)
