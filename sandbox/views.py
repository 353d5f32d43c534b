"""The Web API's views.* methods."""

from sandbox.arguments import Arguments
from sandbox.model import Json, SlackError, View
from sandbox.pictures import check_pictures
from sandbox.workspace import Workspace


def _told(space: Workspace, view: View) -> Json:
    space.changes.bump()
    return {"ok": True, "view": view.to_slack(space.team_id)}


def _content(space: Workspace, args: Arguments) -> object:
    args.text("view", required=True)
    content = args.structure("view")
    wrong = check_pictures(space, content.get("blocks"), "/view/blocks") if isinstance(content, dict) else []
    if wrong:
        raise SlackError("invalid_arguments", *wrong)
    return content


def _trigger(args: Arguments) -> str:
    return args.text("trigger_id") or args.text("interactivity_pointer") or args.text("trigger_id", required=True)


def open_view(space: Workspace, args: Arguments) -> Json:
    """views.open: a modal for the person of the trigger."""
    content = _content(space, args)
    trigger = space.passes.take_trigger(_trigger(args))
    return _told(space, space.screens.open(trigger.user, content))


def push(space: Workspace, args: Arguments) -> Json:
    """views.push: a modal on top of the one that the trigger came from."""
    content = _content(space, args)
    trigger = space.passes.take_trigger(_trigger(args))
    return _told(space, space.screens.push(trigger.user, content))


def update(space: Workspace, args: Arguments) -> Json:
    """views.update: by view_id or external_id; with `hash` only if nothing has changed since."""
    content = _content(space, args)
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view_id or external_id")
    view = space.screens.find(view_id, external_id)
    return _told(space, space.screens.update(view, content, args.text("hash")))


def publish(space: Workspace, args: Arguments) -> Json:
    """views.publish: the App Home of one person."""
    user = args.text("user_id", required=True)
    if user not in space.people:
        raise SlackError("invalid_arguments", "[ERROR] user_not_found [json-pointer:/user_id]")
    return _told(space, space.screens.publish(user, _content(space, args), args.text("hash")))
