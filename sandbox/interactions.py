"""What a person does with the app: commands, clicks, forms, shortcuts, type-ahead; and what becomes of the answer."""

from collections.abc import Mapping
from typing import Any

from sandbox import blocks as block_kit
from sandbox import payloads
from sandbox.answers import Answers
from sandbox.delivery import Ack, Delivery
from sandbox.model import Json, SlackError, View
from sandbox.surfaces import PageError, channel_of, choose, fill_in, find, message_of, person_of, surface_of
from sandbox.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"
NO_LUCK = "Sorry, that didn't work. Try again?"
COMMAND_FAILED = {"timeout": "operation_timeout", "not_connected": "dispatch_failed", "error": "dispatch_failed"}


class Interactions:
    """One person's doings, each sent to the app once."""

    def __init__(self, space: Workspace, delivery: Delivery) -> None:
        """Work on a workspace, over a way to the app."""
        self._space, self._delivery = space, delivery
        self._answers = Answers(space)

    async def command(self, user: str, channel: str, text: str) -> Json:
        """A slash command; its acknowledgement's body appears as an ephemeral message.

        Raises:
            PageError: the command does not exist.
        """
        space = self._space
        conversation = channel_of(space, user, channel)
        name, _, rest = text.strip().partition(" ")
        if name not in [str(one["command"]) for one in space.manifest.commands]:
            sentence = f"{name} is not a valid command."
            space.toast(user, sentence)
            raise PageError("invalid_command", sentence)
        payload = payloads.command(space, user, conversation, name, rest.strip())
        ack = await self._delivery.interact("slash_commands", payload)
        if ack.status != "ok":
            space.toast(user, f'{name} failed with the error "{COMMAND_FAILED[ack.status]}"')
        elif ack.body:
            body = ack.body if isinstance(ack.body, dict) else {"text": str(ack.body)}
            try:
                self._answers.show(user, conversation.id, body)
            except SlackError as error:
                space.toast(user, f'{name} failed with the error "{error.error}"')
                return {"ack": ack.to_json(), "problems": [error.error, *error.messages]}
        return {"ack": ack.to_json()}

    async def click(self, user: str, told: Mapping[str, Any]) -> Json:
        """A press on a button, or a choice; an input without dispatch_action is only filled in.

        Raises:
            PageError: there is no such thing.
        """
        space = self._space
        surface = surface_of(space, user, told)
        if told.get("values"):
            fill_in(space, user, surface, told["values"])
        found = find(surface, str(told.get("action_id", "")), str(told.get("block_id") or ""))
        action = {**choose(space, user, surface, found, told.get("value")), "block_id": found.block_id}
        if found.block["type"] == "input" and not found.block.get("dispatch_action"):
            space.changes.bump()
            return {"ack": None}
        ack = await self._delivery.interact("interactive", payloads.block_actions(space, user, surface, action))
        if ack.status != "ok":
            space.toast(user, NO_LUCK)
        return {"ack": ack.to_json()}

    async def options(self, user: str, told: Mapping[str, Any]) -> Json:
        """What the app offers for what has been typed so far.

        Raises:
            PageError: there is no such field.
        """
        space = self._space
        surface = surface_of(space, user, told)
        if told.get("values"):
            fill_in(space, user, surface, told["values"])
        found = find(surface, str(told.get("action_id", "")), str(told.get("block_id") or ""))
        if "external" not in found.element["type"]:
            raise PageError("not_external", "The choices of this field are not asked from the app.")
        query = str(told.get("query", ""))
        if len(query) < int(found.element.get("min_query_length", 3)):
            return {"options": []}
        payload = payloads.block_suggestion(space, user, surface, found, query)
        ack = await self._delivery.interact("interactive", payload)
        body = ack.body if isinstance(ack.body, dict) else {}
        groups = body.get("option_groups")
        offered = [one for group in groups for one in group.get("options", [])] if groups else body.get("options") or []
        wrong = _check_options(body) if ack.status == "ok" else []
        if wrong:
            return {"options": [], "ack": ack.to_json(), "problems": wrong}
        known = space.loaded_options.setdefault((user, found.action_id), [])
        known += [one for one in offered if one not in known]
        answer: Json = {"ack": ack.to_json()}
        return {**answer, "option_groups": groups} if groups else {**answer, "options": offered}

    async def submit(self, user: str, values: object) -> Json:
        """Send the top form; what is missing is said before anything is sent.

        Raises:
            PageError: no form is open, or a field is not filled in as it must be (`errors`).
        """
        space = self._space
        surface = surface_of(space, user, {"surface": "modal"})
        view = surface.view
        assert view is not None
        if not view.content.get("submit"):
            raise PageError("no_submit", "This window has nothing to send.")
        fill_in(space, user, surface, values)
        view.errors = dict(block_kit.missing_inputs(view.blocks, view.state))
        space.changes.bump()
        if view.errors:
            raise PageError("missing_inputs", "Some fields are not filled in yet.", errors=view.errors)
        ack = await self._delivery.interact("interactive", payloads.view_submission(space, view))
        return self._after_submit(view, ack)

    def _after_submit(self, view: View, ack: Ack) -> Json:
        told: Json = {"ack": ack.to_json(), "response_action": None, "errors": {}}
        if ack.status != "ok":
            self._space.toast(view.user, TROUBLE)
            return told
        body = ack.body if isinstance(ack.body, dict) else {}
        told["response_action"] = body.get("response_action")
        try:
            self._respond_to_view(view, body)
            told["errors"] = view.errors
        except SlackError as error:
            self._space.toast(view.user, TROUBLE)
            told["problems"] = [error.error, *error.messages]
        self._space.changes.bump()
        return told

    def _respond_to_view(self, view: View, body: Json) -> None:
        action, screens = body.get("response_action"), self._space.screens
        if view not in screens.stacks.get(view.user, []):
            return  # closed in the meantime
        if not body:
            screens.remove(view)
        elif action == "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            errors = body.get("errors")
            if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                raise SlackError("invalid_errors", "errors name a block_id that is no input of this view")
            view.errors = {str(name): str(sentence) for name, sentence in errors.items()}
        elif action == "update":
            screens.update(view, body.get("view"))
        elif action == "push":
            screens.push(view.user, body.get("view"))
        elif action == "clear":
            screens.close(view.user, everything=True)
        else:
            raise SlackError("invalid_response_action", f"response_action is {action!r}")

    async def close(self, user: str, *, everything: bool) -> Json:
        """Close the top form, or all of them; the app is told where it asked for that.

        Raises:
            PageError: no form is open.
        """
        person_of(self._space, user)
        top = self._space.screens.top(user)
        everything = everything or (top is not None and bool(top.content.get("clear_on_close")))
        closed = self._space.screens.close(user, everything=everything)
        if not closed:
            raise PageError("no_modal", "No form is open.")
        self._space.changes.bump()
        for view in closed:
            if view.content.get("notify_on_close"):
                payload = payloads.view_closed(self._space, view, cleared=everything)
                await self._delivery.interact("interactive", payload)
        return {}

    async def shortcut(self, user: str, told: Mapping[str, Any]) -> Json:
        """A shortcut from the menu, or with `ts` one on a message.

        Raises:
            PageError: the app has no such shortcut.
        """
        space = self._space
        person_of(space, user)
        callback_id, ts = str(told.get("callback_id", "")), str(told.get("ts") or "")
        kind = "message" if ts else "global"
        if not any(one["callback_id"] == callback_id and one["type"] == kind for one in space.manifest.shortcuts):
            raise PageError("invalid_shortcut", f"The app has no {kind} shortcut called {callback_id}.")
        if ts:
            message = message_of(space, user, str(told.get("channel", "")), ts)
            if message.only_for:
                raise PageError("message_not_found", "Shortcuts do not work on messages that only you can see.")
            payload = payloads.message_action(space, user, callback_id, message)
        else:
            payload = payloads.shortcut(space, user, callback_id)
        ack = await self._delivery.interact("interactive", payload)
        if ack.status != "ok":
            space.toast(user, NO_LUCK)
        return {"ack": ack.to_json()}


def _check_options(body: Json) -> list[str]:
    kept = {name: body[name] for name in ("options", "option_groups") if body.get(name)}
    if not kept:
        return []
    select = {"type": "static_select", "action_id": "options", **kept}
    return block_kit.check_message("", [{"type": "actions", "block_id": "options", "elements": [select]}], [])
