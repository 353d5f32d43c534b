"""What the app says in a command's acknowledgement or through a response_url."""

from sandbox.arguments import Arguments
from sandbox.chat import content_of
from sandbox.model import BOT_USER_ID, Json, Message, SlackError
from sandbox.passes import ResponseUrl
from sandbox.workspace import Workspace


class Answers:
    """Shows answers to the person who asked, or to the whole channel."""

    def __init__(self, space: Workspace) -> None:
        """Work on a workspace."""
        self._space = space

    def show(self, user: str, channel: str, body: Json, thread_ts: str = "") -> None:
        """A new message: ephemeral, unless response_type says in_channel; nothing if the body says nothing.

        Raises:
            SlackError: what it says is not valid.
        """
        if not any(body.get(name) for name in ("text", "blocks", "attachments")):
            return
        in_channel = body.get("response_type") == "in_channel"
        message = Message(
            channel=channel,
            ts="",
            user=BOT_USER_ID,
            thread_ts=thread_ts,
            only_for="" if in_channel else user,
            **content_of(self._space, Arguments(body)),
        )
        self._space.post(message)

    def respond(self, key: str, body: Json) -> None:
        """A post to a response_url: a new message, or in place of the one it came from.

        Raises:
            SlackError: expired_url, used_url, or what it says is not valid.
        """
        response = self._space.passes.find_response(key)
        original = self._original(response)
        if body.get("delete_original"):
            if original is not None:
                self._space.delete(original)
        elif body.get("replace_original") and original is not None:
            content = content_of(self._space, Arguments(body))
            self._space.edit(original, BOT_USER_ID, **content)
        else:
            content_of(self._space, Arguments(body))
            self.show(response.user, response.channel, body, str(body.get("thread_ts") or ""))
        response.uses += 1

    def _original(self, response: ResponseUrl) -> Message | None:
        if not response.ts:
            return None
        ephemeral = self._space.ephemeral(response.user, response.channel, response.ts)
        if ephemeral is not None:
            return ephemeral
        try:
            message = self._space.message(response.channel, response.ts)
        except SlackError:
            return None
        return message if message.by_app else None
