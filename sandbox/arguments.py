"""The arguments of one Web API call, however they were sent: form, query or JSON body."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from sandbox.model import SlackError

Item = TypeVar("Item")


class Arguments:
    """Reads arguments by name and answers invalid_arguments where Slack would."""

    def __init__(self, given: dict[str, Any]) -> None:
        """Take them as they came; in forms, lists and objects are JSON in a string."""
        self.given = {name: value for name, value in given.items() if value is not None}

    def text(self, name: str, *, required: bool = False) -> str:
        """A string, empty if not given.

        Raises:
            SlackError: invalid_arguments if it is required and missing.
        """
        value = self.given.get(name, "")
        if required and value == "":
            raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")
        return value if isinstance(value, str) else json.dumps(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false, in any of the ways Slack takes."""
        value = self.given.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number of 1 up to `most`, above which it is cut; 0 counts as not given.

        Raises:
            SlackError: invalid_arguments.
        """
        try:
            value = int(self.given.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError("invalid_arguments", f"[ERROR] must be an integer [json-pointer:/{name}]") from None
        if value < 0:
            raise SlackError("invalid_limit" if name == "limit" else "invalid_arguments")
        return min(value, most)

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """A list or an object, or None if not given.

        Raises:
            SlackError: `error`, if it is not JSON.
        """
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error, f"[ERROR] must be valid JSON [json-pointer:/{name}]") from None

    def items(self, name: str, error: str) -> list[dict[str, Any]]:
        """A list of objects, empty if not given.

        Raises:
            SlackError: `error`.
        """
        value = self.structure(name, error)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise SlackError(error, f"[ERROR] must be an array of objects [json-pointer:/{name}]")
        return value

    def page(self, rows: Sequence[Item], default: int, most: int) -> tuple[list[Item], str]:
        """One page of `rows` by limit and cursor, and the cursor of the next page or an empty string.

        Raises:
            SlackError: invalid_cursor, invalid_limit.
        """
        limit = self.number("limit", default, most)
        start = 0
        cursor = self.text("cursor")
        if cursor:
            try:
                start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("from:"))
            except (binascii.Error, ValueError):
                raise SlackError("invalid_cursor") from None
        after = start + limit
        following = base64.b64encode(f"from:{after}".encode()).decode() if after < len(rows) else ""
        return list(rows[start:after]), following
