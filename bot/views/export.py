"""Exports on the screen: what is in one, as which kind of file, and the message that brings it."""

from datetime import date
from typing import Any

from bot.domain.text import count
from bot.views import kit

COMMAND = "/groundswell export"
OPEN = "export.open"
SEND = "export.send"

KINDS = {"xlsx": "Excel workbook (XLSX)", "csv": "CSV files in one ZIP"}
ENDINGS = {"xlsx": "xlsx", "csv": "zip"}
WHAT = (
    "*Take out what this workspace has stored*\n"
    "People and roles, assets, feedback and replies with names, results of pulses, answers to check-ins without names, "
    "verdicts, summaries of threads, and settings. Not in it: what is on hold, what was taken back, who said what in a "
    "confidential or anonymous pulse."
)
AUDITED = "That you took it is written into the audit trail. It comes to you by direct message; nobody else sees it."
ON_ITS_WAY = "The file is being made and comes to you by direct message."
NO_FILES = (
    "I can't put a file here: this workspace takes none from me. Whoever runs Groundswell can allow it (`files:write`)"
)
TOO_LARGE = (
    "That would be {rows}, too many for a file in Slack. Whoever runs Groundswell can take it out with "
    "`python -m bot export FOLDER`."
)


def export_modal() -> dict[str, Any]:
    """The form: as which kind of file."""
    options = [{"text": kit.plain(label), "value": kind} for kind, label in KINDS.items()]
    radio = {"type": "radio_buttons", "action_id": "kind", "options": options, "initial_option": options[0]}
    return {
        "type": "modal",
        "callback_id": SEND,
        "title": kit.plain("Export", kit.TITLE),
        "submit": kit.plain("Send it to me", kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": [
            kit.section(WHAT),
            {"type": "input", "block_id": "kind", "label": kit.plain("As"), "element": radio},
            kit.context(AUDITED),
        ],
    }


def too_large(rows: int) -> str:
    """What an admin hears of an export that is too large for Slack."""
    return TOO_LARGE.format(rows=count(rows, "row", "rows"))


def everything_message(kind: str, today: date) -> dict[str, Any]:
    """The message with the file of everything, which is made when it is sent."""
    told = f"*Export* of {kit.day(today)}"
    other = f"{NO_FILES}, or run `python -m bot export FOLDER`."
    return _message(told, other, f"groundswell-{today.isoformat()}.{ENDINGS[kind]}", "everything", kind)


def own_message(today: date) -> dict[str, Any]:
    """The message with the file of what is stored about whoever gets it."""
    told = f"*What Groundswell has stored about you*, {kit.day(today)}"
    return _message(told, f"{NO_FILES}; ask an admin.", f"my-groundswell-{today.isoformat()}.xlsx", "own", "xlsx")


def _message(told: str, other: str, name: str, what: str, kind: str) -> dict[str, Any]:
    return {
        "text": told,
        "blocks": [kit.section(told)],
        "file": {"name": name, "title": name, "made_of": {"what": what, "kind": kind}},
        "words": kit.note(f"{told}\n{other}"),
    }
