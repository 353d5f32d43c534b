"""Modals and Homes: one stack of at most three modals and one Home a person."""

import json
import secrets
from typing import Any

from sandbox import blocks as block_kit
from sandbox.model import Json, SlackError, View, new_id

DEEPEST = 3  # Slack: views in one stack
LARGEST = 250_000  # characters of a view; Slack's own limit


class Screens:
    """Every person's modal stack and Home."""

    def __init__(self, team_id: str) -> None:
        """Start with nothing open."""
        self._team_id = team_id
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def top(self, user: str) -> View | None:
        """The modal that a person has before them."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, view: Any) -> View:
        """Open a modal; whatever stack was open is gone.

        Raises:
            SlackError: the view is not valid.
        """
        made = self._make(user, view, "modal")
        made.root_id = made.id
        self.stacks[user] = [made]
        return made

    def push(self, user: str, view: Any) -> View:
        """Put a modal on top of the stack.

        Raises:
            SlackError: the view is not valid, nothing is open, or three are open.
        """
        made = self._make(user, view, "modal")
        stack = self.stacks.get(user) or []
        if not stack:
            raise SlackError("not_found", "[ERROR] no modal is open for this person")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        made.root_id, made.previous_id = stack[0].id, stack[-1].id
        stack.append(made)
        return made

    def publish(self, user: str, view: Any, hash_given: str) -> View:
        """Show a Home.

        Raises:
            SlackError: the view is not valid, or the Home has changed since `hash_given`.
        """
        old = self.homes.get(user)
        if old is None:
            self.homes[user] = self._make(user, view, "home")
            return self.homes[user]
        return self.update(old, view, hash_given)

    def find(self, view_id: str, external_id: str) -> View:
        """An open modal or a Home.

        Raises:
            SlackError: not_found.
        """
        views = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        for view in views:
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def update(self, view: View, content: Any, hash_given: str = "") -> View:
        """Replace what a view shows; what was typed stays where block_id and action_id are the same.

        Raises:
            SlackError: the view is not valid, or it has changed since `hash_given`.
        """
        checked = self._check(content, view.content["type"], view)
        if hash_given and hash_given != view.hash:
            raise SlackError("hash_conflict")
        view.content, view.hash, view.errors = checked, _hash(), {}
        fresh = block_kit.initial_state(checked["blocks"])
        for block_id, actions in fresh.items():
            for action_id, state in actions.items():
                kept = view.state.get(block_id, {}).get(action_id)
                if kept and kept.get("type") == state.get("type"):
                    actions[action_id] = kept
        view.state = fresh
        return view

    def _make(self, user: str, content: Any, kind: str) -> View:
        checked = self._check(content, kind, None)
        state = block_kit.initial_state(checked["blocks"])
        return View(new_id("V"), user, checked, _hash(), state)

    def _check(self, content: Any, kind: str, replaced: View | None) -> Json:
        if not isinstance(content, dict):
            raise SlackError("invalid_arguments", "[ERROR] must provide an object [json-pointer:/view]")
        if content.get("type") != kind:
            raise SlackError(
                "invalid_arguments", f"[ERROR] must be a valid enum value: {kind} [json-pointer:/view/type]"
            )
        wrong = block_kit.check_view(content)
        if wrong:
            raise SlackError("invalid_arguments", *wrong)
        if len(json.dumps(content)) > LARGEST:
            raise SlackError("view_too_large")
        external = content.get("external_id")
        if external:
            others = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
            if any(one.content.get("external_id") == external for one in others if one is not replaced):
                raise SlackError("duplicate_external_id")
        return {**content, "blocks": block_kit.assign_ids(content["blocks"])}

    def close(self, user: str, *, everything: bool = False) -> list[View]:
        """Close the top modal or all; returns the closed ones, top first."""
        stack = self.stacks.get(user) or []
        closed = [stack.pop() for _ in range(len(stack) if everything else min(1, len(stack)))]
        if not stack:
            self.stacks.pop(user, None)
        return closed

    def remove(self, view: View) -> None:
        """Take one view out of its stack, as after a submission; the one below is seen again."""
        stack = self.stacks.get(view.user) or []
        if view in stack:
            stack.remove(view)
        if not stack:
            self.stacks.pop(view.user, None)


def _hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_urlsafe(6)}"
