"""Which texts of a view Slack formats: where a link, a mention or a shout would become one."""

from typing import Any


def mrkdwn(part: Any) -> list[str]:
    """All texts in which Slack would make links and mentions."""
    if isinstance(part, list):
        return [text for one in part for text in mrkdwn(one)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if part.get("type") == "mrkdwn" else []
    return own + [text for value in part.values() for text in mrkdwn(value)]
