"""What a JSON value may look like, and Slack's words for what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[[Any, str], list[str]]  # a value and its JSON pointer to the reasons against it


def reason(words: str, at: str) -> str:
    """One reason as Slack writes it in response_metadata."""
    return f"[ERROR] {words} [json-pointer:{at}]"


def string(most: int, least: int = 1, form: re.Pattern[str] | None = None) -> Rule:
    """A string of `least` to `most` characters, in a form if there is one."""

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, str):
            return [reason("must provide a string", at)]
        if len(value) > most:
            return [reason(f"must be less than {most + 1} characters", at)]
        if len(value) < least:
            return [reason(f"must be more than {least - 1} characters", at)]
        if form and not form.fullmatch(value):
            return [reason("must match the expected format", at)]
        return []

    return check


def boolean(value: Any, at: str) -> list[str]:
    """True or false."""
    return [] if isinstance(value, bool) else [reason("must provide a boolean", at)]


def integer(low: int, high: int) -> Rule:
    """A whole number between two others, both included."""

    def check(value: Any, at: str) -> list[str]:
        if isinstance(value, bool) or not isinstance(value, int):
            return [reason("must provide an integer", at)]
        if not low <= value <= high:
            return [reason(f"must be between {low} and {high}", at)]
        return []

    return check


def one_of(*allowed: str) -> Rule:
    """One of a few words."""

    def check(value: Any, at: str) -> list[str]:
        return [] if value in allowed else [reason("must be a valid enum value", at)]

    return check


def anything(value: Any, at: str) -> list[str]:
    """Whatever it is."""
    return []


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` things of one rule."""

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, list):
            return [reason("must provide an array", at)]
        if len(value) > most:
            return [reason(f"no more than {most} items allowed", at)]
        if len(value) < least:
            return [reason(f"no fewer than {least} items allowed", at)]
        return [wrong for n, one in enumerate(value) for wrong in rule(one, f"{at}/{n}")]

    return check


def thing(required: Mapping[str, Rule], optional: Mapping[str, Rule], *also: Rule) -> Rule:
    """An object with these properties and no others; `also` are asked once the properties are right by themselves."""
    known = {**required, **optional}

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [reason("must provide an object", at)]
        wrong = [reason(f"missing required field: {name}", at) for name in required if value.get(name) is None]
        wrong += [reason(f"invalid additional property: {name}", at) for name in value if name not in known]
        for name, rule in known.items():
            if value.get(name) is not None:
                wrong += rule(value[name], f"{at}/{name}")
        return wrong or [found for rule in also for found in rule(value, at)]

    return check


def by_type(table: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule is its own."""

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [reason("must provide an object", at)]
        kind = value.get("type")
        if kind is None:
            return [reason("missing required field: type", at)]
        if not isinstance(kind, str) or kind not in table:
            return [reason(f"unsupported type: {kind}", f"{at}/type")]
        return table[kind](value, at)

    return check


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def exactly_one(*names: str) -> Rule:
    """An object that has one of these properties, and not two."""

    def check(value: Any, at: str) -> list[str]:
        given = sum(value.get(name) is not None for name in names)
        return [] if given == 1 else [reason(f"must define exactly one of {_either(names)}", at)]

    return check


def at_least_one(*names: str) -> Rule:
    """An object that has one or more of these properties."""

    def check(value: Any, at: str) -> list[str]:
        given = any(value.get(name) is not None for name in names)
        return [] if given else [reason(f"must define either {_either(names)}", at)]

    return check
