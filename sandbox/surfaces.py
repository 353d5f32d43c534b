"""Where a person presses, chooses and types: a message, the top modal or the Home."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import blocks as block_kit
from sandbox.model import BOT_USER_ID, Conversation, Json, Message, View
from sandbox.workspace import Workspace


class PageError(Exception):
    """Something that a person cannot do here; the text is a sentence for them."""

    def __init__(self, error: str, message: str, **more: Any) -> None:
        """A word for programs and a sentence for people."""
        super().__init__(message)
        self.error, self.message, self.more = error, message, more


@dataclass
class Surface:
    """Blocks that can be used, and what has been chosen in them so far."""

    blocks: list[Json]
    state: dict[str, dict[str, Json]]
    message: Message | None = None
    view: View | None = None


def channel_of(space: Workspace, user: str, channel: str) -> Conversation:
    """A conversation that the person is in; "app" is their direct message with the app.

    Raises:
        PageError: there is no such person, or no such conversation for them.
    """
    person_of(space, user)
    if channel == "app":
        return space.dm(user)
    for conversation in space.visible_to(user):
        if channel == conversation.id or (conversation.name and channel.removeprefix("#") == conversation.name):
            return conversation
    raise PageError("channel_not_found", f"This person is not in a conversation {channel or 'without a name'}.")


def person_of(space: Workspace, user: str) -> None:
    """Check that a person exists.

    Raises:
        PageError: nobody has this id.
    """
    if user not in space.people:
        raise PageError("user_not_found", "Nobody here has that user id.")


def message_of(space: Workspace, user: str, channel: str, ts: str) -> Message:
    """A message that a person sees, ephemerals too.

    Raises:
        PageError: there is none.
    """
    conversation = channel_of(space, user, channel)
    for message in reversed(space.messages[conversation.id]):
        if message.ts == ts:
            return message
    ephemeral = space.ephemeral(user, conversation.id, ts)
    if ephemeral is None:
        raise PageError("message_not_found", "There is no such message any more.")
    return ephemeral


def surface_of(space: Workspace, user: str, told: Mapping[str, Any]) -> Surface:
    """The message, modal or Home that a request of the page means.

    Raises:
        PageError: it is not there.
    """
    person_of(space, user)
    place = told.get("surface")
    if place == "modal":
        view = space.screens.top(user)
        if view is None:
            raise PageError("no_modal", "No form is open.")
        return Surface(view.blocks, view.state, view=view)
    if place == "home":
        home = space.screens.homes.get(user)
        if home is None:
            raise PageError("no_home", "The app has not shown this person a Home yet.")
        return Surface(home.blocks, home.state, view=home)
    message = message_of(space, user, str(told.get("channel", "")), str(told.get("ts", "")))
    if message.user != BOT_USER_ID:
        raise PageError("not_by_app", "Nothing can be pressed in this message.")
    blocks = list(message.blocks)
    for attachment in message.attachments:
        blocks += attachment.get("blocks") or []
    key = (user, message.channel, message.ts)
    state = block_kit.initial_state(blocks)
    for block_id, actions in space.message_state.get(key, {}).items():
        for action_id, chosen in actions.items():
            if action_id in state.get(block_id, {}):
                state[block_id][action_id] = chosen
    space.message_state[key] = state
    return Surface(blocks, state, message=message)


def find(surface: Surface, action_id: str, block_id: str = "") -> block_kit.Element:
    """The element of an action; the first one if no block_id says which.

    Raises:
        PageError: there is none.
    """
    found = block_kit.find_element(surface.blocks, action_id, block_id)
    if found is None:
        raise PageError("action_not_found", f"There is nothing called {action_id or '(no action_id)'} here.")
    return found


def fill_in(space: Workspace, user: str, surface: Surface, values: object) -> None:
    """Put what was typed and chosen into the state; a field goes by its block_id, or by its action_id.

    Raises:
        PageError: a field or an option does not exist.
    """
    if not isinstance(values, dict):
        raise PageError("bad_values", "The values are an object: the name of a field and what is in it.")
    elements = list(block_kit.elements_in(surface.blocks))
    for name, value in values.items():
        found = [one for one in elements if one.block_id == name]
        if len(found) != 1:
            found = [one for one in elements if one.action_id == name]
        if not found:
            raise PageError("field_not_found", f"There is no field called {name} here.")
        choose(space, user, surface, found[0], value)


def choose(space: Workspace, user: str, surface: Surface, found: block_kit.Element, value: Any) -> Json:
    """The entry in `actions` for an element with this value; the surface keeps the value if the element holds one.

    Raises:
        PageError: there is no such option, or the value has the wrong form.
    """
    options = space.loaded_options.get((user, found.action_id))
    try:
        action = block_kit.action_of(found.element, value, options)
        if found.action_id in surface.state.get(found.block_id, {}):
            surface.state[found.block_id][found.action_id] = block_kit.state_of(found.element, value, options)
    except ValueError as error:
        raise PageError("bad_value", str(error)) from None
    return action
