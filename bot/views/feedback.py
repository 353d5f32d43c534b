"""Feedback: the ids of what people press, and the buttons that stand wherever an asset is shown."""

from typing import Any

from bot.views import kit

COMMAND = "/asset-feedback"
GIVE = "feedback.give"  # the button (value: version), the shortcut and the form
SEND_TO_MARKETING = "feedback.send_to_marketing"  # the shortcut on a message
USED = "feedback.used"  # value: version
USED_OLD = "feedback.used_old"  # value: the superseded version that was really used
COULD_NOT_USE = "feedback.could_not_use"  # the button (value: version) and its short form
CHOOSE = "feedback.choose"  # value: draft:version
OPEN_DRAFT = "feedback.open_draft"  # value: draft
MOVE = "feedback.move"  # value: feedback:version, "I had the old one"
EDIT = "feedback.edit"  # the button (value: feedback) and the form
SEND_THREAD = "thread.send"  # value: feedback that quotes a message, on a receipt
UNDO = "feedback.undo"  # value: feedback, on a receipt
RESTORE = "feedback.restore"  # value: feedback
WITHDRAW = "feedback.withdraw"  # value: feedback:page, in "mine"
MINE = "feedback.mine"  # the button on the Home, and the list with its search
NEWER = "feedback.newer"  # value: page
OLDER = "feedback.older"  # value: page
OPEN = "feedback.open"  # value: feedback
ANSWER = "check_in.answer"  # value: round; the button and the form of an answer to a check-in
REPLY = "feedback.reply"  # the button (value: feedback) and the form


def asset_buttons(version_id: int) -> list[dict[str, Any]]:
    """The three things that anybody can say about an asset with one press; the value is the version's id."""
    value = str(version_id)
    return [
        kit.button("I used it", USED, value),
        kit.button("Give feedback", GIVE, value),
        kit.button("Couldn't use it", COULD_NOT_USE, value),
    ]
