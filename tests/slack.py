"""Drives the sandbox like a person: says, types, clicks, fills in, reacts, and looks at what is on the screen."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

PATIENCE = 10.0  # seconds to wait for something to appear


class Slack:
    """A running sandbox, with the real app connected to it."""

    def __init__(
        self, url: str, is_idle: Callable[[], bool] = lambda: True, now: Callable[[], datetime] | None = None
    ) -> None:
        """`is_idle` and `now` tell of the app: whether it has nothing left to do, and what time it is there."""
        self.url = url
        self._now = now
        self._http = httpx.Client(base_url=url, timeout=35, verify=False)  # reads no certificates: 25 ms
        self._is_idle = is_idle
        self._people: dict[str, str] = {}

    def post(self, call: str, **body: Any) -> dict[str, Any]:
        """One control call; it must be taken."""
        answer: dict[str, Any] = self._http.post(f"/_sandbox/{call}", json=body).json()
        assert answer.get("ok"), answer
        return answer

    def get(self, call: str, **query: Any) -> dict[str, Any]:
        """One look."""
        answer: dict[str, Any] = self._http.get(f"/_sandbox/{call}", params=query).json()
        return answer

    def person(self, name: str) -> "Person":
        """Somebody of the sample company, by name or the start of it."""
        if not self._people:
            self._people = {one["name"]: one["id"] for one in self.get("people")["people"]}
        found = [(known, user_id) for known, user_id in self._people.items() if known.startswith(name)]
        assert len(found) == 1, f"{name}: {found}"
        return Person(self, found[0][1], found[0][0])

    def settle(self) -> None:
        """Wait until the app has nothing left to send or to do."""
        wait_until(self._is_idle, "the app has finished its work")

    def jump(self, *, to: str = "", local: str = "", by_seconds: float = 0, person: "Person | None" = None) -> None:
        """Jump the workspace's clock: to an ISO time, to "mon 09:00" of a person's zone, or by seconds."""
        if local and person:
            self.post("clock", to_local=local, user=person.id)
        else:
            self.post("clock", **({"to": to} if to else {"by_seconds": by_seconds}))
        if self._now is not None:
            there, now = datetime.fromisoformat(self.get("clock")["now"]), self._now
            wait_until(lambda: now() > there - timedelta(seconds=1), "the app has heard of the jump")

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The app's calls of one Web API method, oldest first."""
        entries = self.get("log", kind="api")["entries"]
        return [entry for entry in entries if entry.get("method") == method]

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@dataclass(frozen=True)
class Message:
    """A message as somebody sees it: its words, and where it stands."""

    text: str
    channel_id: str
    ts: str
    is_ephemeral: bool
    raw: dict[str, Any]

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [element["text"]["text"] for element, _ in elements(self.raw.get("blocks") or []) if is_button(element)]

    @property
    def replies(self) -> list["Message"]:
        """What stands in its thread."""
        return [_message(self.channel_id, reply) for reply in self.raw.get("replies") or []]


class Person:
    """One member of the company at their screen."""

    def __init__(self, slack: Slack, user_id: str, name: str) -> None:
        self.slack, self.id, self.name = slack, user_id, name

    # what they do

    def command(self, text: str, channel: str = "#general") -> str:
        """Type a command; gives the words that came back at once ("" if none did)."""
        answer = self.slack.post("command", user=self.id, channel=channel, text=text)
        assert answer["ack"]["status"] == "ok", answer
        body = answer["ack"]["body"] or {}
        return words(body)

    def says(self, text: str, channel: str = "#general", thread_ts: str | None = None) -> Message:
        """Write a message."""
        answer = self.slack.post("message", user=self.id, channel=channel, text=text, thread_ts=thread_ts)
        return self.finds(lambda message: message.ts == answer["ts"], f"own message {text!r}")

    def react(self, message: Message, emoji: str, *, remove: bool = False) -> None:
        """Put an emoji under a message, or take it away."""
        self.slack.post("react", user=self.id, channel=message.channel_id, ts=message.ts, reaction=emoji, remove=remove)

    def click(self, label: str, on: Message | None = None, value: Any = None) -> None:
        """Press the button with this label: in the open modal, else on `on`, else on the newest message that has it."""
        where, element, block_id = self._find_button(label, on)
        self._use(where, element, block_id, value)

    def choose(
        self, action_id: str, value: Any, *, values: dict[str, Any] | None = None, surface: str = "modal"
    ) -> None:
        """Use a select, date or other element that acts at once, by its action_id."""
        self.slack.post("click", user=self.id, surface=surface, action_id=action_id, value=value, values=values or {})

    def click_home(self, label: str) -> None:
        """Press a button of the App Home."""
        view = self.sees_all()["home"]
        assert view, "the home is empty"
        element, block_id = next(
            (element, block_id)
            for element, block_id in elements(view["blocks"])
            if is_button(element) and element["text"]["text"] == label
        )
        self._use({"surface": "home"}, element, block_id, None)

    def type_ahead(self, action_id: str, query: str, on: Message | None = None) -> list[str]:
        """Type into a select that loads its options; gives their labels."""
        where = {"channel": on.channel_id, "ts": on.ts} if on else {"surface": "modal"}
        answer = self.slack.post("options", user=self.id, action_id=action_id, query=query, **where)
        return [option["text"]["text"] for option in answer.get("options") or []]

    def pick(self, action_id: str, query: str) -> str:
        """Type into a select of the modal and take the first option; gives its value, for `submit`."""
        answer = self.slack.post("options", user=self.id, action_id=action_id, query=query, surface="modal")
        assert answer["options"], f"nothing found for {query!r}"
        return str(answer["options"][0]["value"])

    def submit(self, **values: Any) -> dict[str, str]:
        """Send the open modal with these values; gives the errors under its fields ({} if it was taken)."""
        answer = self.slack.post("submit", user=self.id, values=values)
        assert answer["ack"] is None or answer["ack"]["status"] == "ok", answer
        return dict(answer.get("errors") or {})

    def shortcut(self, callback_id: str, on: Message | None = None) -> None:
        """Use a shortcut, on a message or from the menu."""
        where = {"channel": on.channel_id, "ts": on.ts} if on else {}
        self.slack.post("shortcut", user=self.id, callback_id=callback_id, **where)

    def opens_home(self) -> None:
        """Open the app's Home tab."""
        self.slack.post("open_home", user=self.id)

    # what they see

    def sees_all(self) -> dict[str, Any]:
        """Everything on this person's screen."""
        return self.slack.get("see", user=self.id)

    @property
    def modal(self) -> str:
        """The words of the open modal, "" if none is open."""
        view = self.sees_all()["modal"]
        return words(view) if view else ""

    @property
    def fields(self) -> dict[str, Any]:
        """What stands in the open modal's fields, by block_id."""
        view = self.sees_all()["modal"]
        assert view, "no modal is open"
        return {block_id: _value(state) for block_id, states in view["state"].items() for state in states.values()}

    @property
    def home(self) -> str:
        """The words of the App Home."""
        view = self.sees_all()["home"]
        return words(view) if view else ""

    def messages(self, channel: str = "app") -> list[Message]:
        """The messages of a channel (or of the direct message with the app), oldest first."""
        for conversation in self.sees_all()["conversations"]:
            is_app = channel == "app" and conversation["kind"] == "app"
            if is_app or conversation["id"] == channel or f"#{conversation['name']}" == channel:
                return [_message(conversation["id"], message) for message in conversation["messages"]]
        raise AssertionError(f"{self.name} sees no {channel}")

    def all_messages(self) -> Iterator[Message]:
        """All messages, newest last within each channel, threads included."""
        for conversation in self.sees_all()["conversations"]:
            for raw in conversation["messages"]:
                message = _message(conversation["id"], raw)
                yield message
                yield from message.replies

    def reads(self, text: str, channel: str | None = None) -> Message:
        """Wait until a message with these words is on the screen; gives the newest such message."""
        return self.finds(lambda message: text in message.text, f"a message with {text!r}", channel)

    def finds(self, fits: Callable[[Message], bool], what: str, channel: str | None = None) -> Message:
        """Wait until a message fits; gives the newest that does."""
        found: list[Message] = []

        def look() -> bool:
            found[:] = [m for m in (self.messages(channel) if channel else self.all_messages()) if fits(m)]
            return bool(found)

        wait_until(look, f"{self.name} sees {what}")
        return max(found, key=lambda message: float(message.ts))

    def sees_nothing_of(self, text: str) -> None:
        """These words are nowhere on the screen, and nothing is under way that could bring them."""
        self.slack.settle()
        assert not any(text in message.text for message in self.all_messages())
        assert text not in self.modal
        assert text not in self.home

    # how

    def _find_button(self, label: str, on: Message | None) -> tuple[dict[str, Any], dict[str, Any], str]:
        found: list[tuple[dict[str, Any], dict[str, Any], str]] = []

        def look() -> bool:
            found.clear()
            view = self.sees_all()["modal"]
            if on is None and view:
                found.extend(({"surface": "modal"}, e, b) for e, b in _labelled(view["blocks"], label))
            messages = [on] if on else sorted(self.all_messages(), key=lambda m: float(m.ts), reverse=True)
            for message in messages:
                where = {"channel": message.channel_id, "ts": message.ts}
                found.extend((where, e, b) for e, b in _labelled(message.raw.get("blocks") or [], label))
            return bool(found)

        wait_until(look, f"{self.name} sees a button {label!r}")
        return found[0]

    def _use(self, where: dict[str, Any], element: dict[str, Any], block_id: str, value: Any) -> None:
        answer = self.slack.post(
            "click", user=self.id, action_id=element["action_id"], block_id=block_id, value=value, **where
        )
        assert answer["ack"]["status"] == "ok", answer


def wait_until(fits: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until something is so, and say what was waited for if it never is."""
    end, pause = time.monotonic() + patience, 0.01
    while not fits():
        assert time.monotonic() < end, f"waited {patience:.0f} s in vain: {what}"
        time.sleep(pause)
        pause = min(pause * 1.3, 0.1)  # looking costs the app time in which it could do what is waited for


def elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """All elements of blocks with their block_id."""
    for block in blocks:
        inside = [*(block.get("elements") or []), block.get("accessory"), block.get("element")]
        for element in inside:
            if isinstance(element, dict) and element.get("action_id"):
                yield element, block.get("block_id", "")


def is_button(element: dict[str, Any]) -> bool:
    """Whether the element is a button."""
    return element.get("type") == "button"


def words(part: Any) -> str:
    """All texts anywhere in a message or view, in the order in which they stand."""
    if isinstance(part, list):
        return "\n".join(filter(None, map(words, part)))
    if not isinstance(part, dict):
        return ""
    if part.get("blocks"):
        head = [words(part.get(key)) for key in ("title",)]
        return "\n".join(filter(None, [*head, words(part["blocks"])]))
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    order = ("title", "label", "text", "fields", "elements", "element", "accessory", "hint", "placeholder", "options")
    return "\n".join(filter(None, own + [words(part[key]) for key in order if isinstance(part.get(key), (dict, list))]))


def _message(channel_id: str, raw: dict[str, Any]) -> Message:
    return Message(words(raw), channel_id, raw["ts"], bool(raw.get("ephemeral")), raw)


def _labelled(blocks: list[dict[str, Any]], label: str) -> list[tuple[dict[str, Any], str]]:
    return [(e, b) for e, b in elements(blocks) if is_button(e) and e["text"]["text"] == label]


def _value(state: dict[str, Any]) -> Any:
    if "selected_option" in state:
        return (state["selected_option"] or {}).get("value")
    if "selected_options" in state:
        return [option["value"] for option in state["selected_options"]]
    return next((value for key, value in state.items() if key.startswith("selected_")), state.get("value"))
