"""Which of the workspace's files blocks may show."""

from collections.abc import Iterator
from typing import Any

from sandbox.model import Json, Upload
from sandbox.workspace import Workspace


def check_pictures(space: Workspace, part: Any, at: str) -> list[str]:
    """Reasons against the Slack files that blocks show, in Slack's words; empty if all are there and are pictures."""
    return [f"[ERROR] invalid slack file [json-pointer:{where}]" for where in _wrong_pictures(space, part, at)]


def _wrong_pictures(space: Workspace, part: Any, at: str) -> Iterator[str]:
    if isinstance(part, list):
        for n, one in enumerate(part):
            yield from _wrong_pictures(space, one, f"{at}/{n}")
    elif isinstance(part, dict):
        if part.get("type") == "image" and isinstance(part.get("slack_file"), dict):
            file = _named(space, part["slack_file"])
            if file is None or not file.is_picture:
                yield f"{at}/slack_file"
        for name in ("blocks", "elements", "accessory"):
            yield from _wrong_pictures(space, part.get(name), f"{at}/{name}")


def _named(space: Workspace, told: Json) -> Upload | None:
    if told.get("id"):
        return space.files.get(str(told["id"]))
    found = (one for one in space.files.values() if one.to_slack(space.base_url)["url_private"] == told.get("url"))
    return next(found, None)
