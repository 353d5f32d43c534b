"""The people of the sample company at work while the app is killed: reps, marketers, an administrator, and time."""

import random
import threading
import time
from collections.abc import Callable

from bench.crash.company import Staff
from bench.crash.ledger import KEPT, Deed, Ledger
from bench.crash.screen import Screen, button_value, told_by
from bot.views import asset_card, feedback, people
from sandbox.model import Message
from sandbox.server import SandboxServer
from tests.slack import words

EMOJI = ("+1", "-1", "white_check_mark", "question", "hourglass")
PAUSE = (0.02, 0.25)  # seconds between two things that one person does
REPS_AT_ONCE = 8
JUMP_EVERY = 12.0  # seconds of real time
FIRST_ANNOUNCEMENTS = 8  # before marketers do anything else: without announcements nobody presses or reacts
MOST_JUMPS = 4  # a batch: an asset of the sample company must not expire
ROLES = (["rep"], ["rep", "manager"], ["marketer"], ["rep", "compliance"])


class Crowd:
    """Threads that do what people do until they are told to go home."""

    def __init__(self, server: SandboxServer, ledger: Ledger, staff: Staff, seed: str) -> None:
        self._server, self._ledger, self._staff = server, ledger, staff
        self._home_time = threading.Event()
        reps = [staff.reps[number::REPS_AT_ONCE] for number in range(REPS_AT_ONCE)]
        teams: list[tuple[Callable[[_Hands], None], list[str]]] = [(_rep, part) for part in reps]
        teams += [
            (_marketer, staff.marketers[::2]),
            (_marketer, staff.marketers[1::2]),
            (_admin, staff.admins),
            (_time, staff.reps),
        ]
        self._threads = [
            threading.Thread(target=self._work, args=(do, users, random.Random(f"{seed}:{number}")), daemon=True)
            for number, (do, users) in enumerate(teams)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way."""
        self._home_time.set()
        for thread in self._threads:
            thread.join()

    def _work(self, do: Callable[["_Hands"], None], users: list[str], dice: random.Random) -> None:
        screen = Screen(self._server)
        hands = _Hands(screen, self._ledger, self._staff, dice, users)
        while not self._home_time.wait(dice.uniform(*PAUSE)):
            if dice.random() < 0.9 and not screen.wait_for_app(1.0):
                continue  # most people wait until the app is back; some try all the same
            hands.user_id = dice.choice(users)
            do(hands)
        screen.close()


class _Hands:
    """One thread's tools."""

    def __init__(self, screen: Screen, ledger: Ledger, staff: Staff, dice: random.Random, users: list[str]) -> None:
        self.screen, self.ledger, self.staff, self.dice = screen, ledger, staff, dice
        self.user_id = users[0]
        self.next_jump = time.monotonic() + JUMP_EVERY / 2
        self.jumps = 0

    def begin(self, kind: str, *target: str, rating: int = 0) -> Deed:
        """Write down what is about to be done."""
        return self.ledger.add(Deed(kind, self.user_id, self.ledger.new_word(), target, rating=rating))

    def announcement(self, action_id: str) -> tuple[Message, str] | None:
        """An announcement that the person sees, with the asset version it is about."""
        channel_id = self.dice.choice(self.screen.channels_of(self.user_id) or ["-"])
        found = list(self.screen.messages_with(channel_id, action_id)) if channel_id != "-" else []
        found = [(message, value) for message, value in found if int(value) not in self.staff.coming_and_going]
        return self.dice.choice(found) if found else None


def _rep(hands: _Hands) -> None:
    acts = (_remark, _remark, _press, _press, _react, _react, _form, _form, _undo, _look)
    hands.dice.choice(acts)(hands)


def _marketer(hands: _Hands) -> None:
    acts = (_reply, _reply, _reply, _announce, _come_and_go, _look)
    is_new = hands.staff.places_used < FIRST_ANNOUNCEMENTS
    (_announce if is_new else hands.dice.choice(acts))(hands)


def _remark(hands: _Hands) -> None:
    """`/asset-feedback`, in one line."""
    rating = hands.dice.randint(1, 5)
    deed = hands.begin("remark", rating=rating)
    text = f"/asset-feedback {hands.dice.choice(hands.staff.references)} {rating} they asked about {deed.word}"
    deed.told = told_by(hands.screen.post("command", user=hands.user_id, channel="app", text=text))


def _press(hands: _Hands) -> None:
    """`I used it`, under an announcement."""
    if found := hands.announcement(feedback.USED):
        message, version_id = found
        deed = hands.begin("press", message.channel, message.ts, version_id)
        deed.told = told_by(hands.screen.press(hands.user_id, message, feedback.USED))


def _react(hands: _Hands) -> None:
    """Put an emoji under an announcement, or take it back."""
    if found := hands.announcement(feedback.USED):
        message, emoji = found[0], hands.dice.choice(EMOJI)
        is_there = hands.user_id in message.reactions.get(emoji, [])
        place = {"channel": message.channel, "ts": message.ts, "reaction": emoji}
        hands.screen.post("react", user=hands.user_id, remove=is_there, **place)


def _form(hands: _Hands) -> None:
    """`Give feedback`, under an announcement: the form, sent again for as long as it stays open."""
    if found := hands.announcement(feedback.GIVE):
        hands.screen.press(hands.user_id, found[0], feedback.GIVE)
        if hands.screen.modal(hands.user_id, feedback.GIVE):
            deed = hands.begin("form", rating=hands.dice.randint(1, 5))
            values = {"rating": str(deed.rating), "said": f"they asked about {deed.word}"}
            deed.told = hands.screen.send_form(hands.user_id, feedback.GIVE, values)


def _undo(hands: _Hands) -> None:
    """`Undo`, on the receipt of a form."""
    receipts = list(hands.screen.messages_with(hands.screen.dm(hands.user_id), feedback.UNDO))
    if not receipts:
        return
    message, _ = hands.dice.choice(receipts)
    said = words({"blocks": message.blocks})
    deed = next((one for one in list(hands.ledger.deeds) if one.word in said), None)
    if deed is not None and told_by(hands.screen.press(hands.user_id, message, feedback.UNDO)) == KEPT:
        deed.is_undone = True


def _look(hands: _Hands) -> None:
    """Open the App Home."""
    hands.screen.post("open_home", user=hands.user_id)


def _reply(hands: _Hands) -> None:
    """The owner of an asset answers what a rep said."""
    asked = list(hands.screen.messages_with(hands.screen.dm(hands.user_id), feedback.REPLY))
    if asked:
        message, feedback_id = hands.dice.choice(asked)
        hands.screen.press(hands.user_id, message, feedback.REPLY)
        if hands.screen.modal(hands.user_id, feedback.REPLY):
            deed = hands.begin("reply", feedback_id)
            values = {"reply": f"Thank you, {deed.word} is on its way."}
            deed.told = hands.screen.send_form(hands.user_id, feedback.REPLY, values)


def _announce(hands: _Hands) -> None:
    """Announce an asset in a channel where it was not announced yet."""
    place = hands.staff.next_place(hands.screen.channels_of(hands.user_id))
    if place is None:
        return
    version_id, reference, channel_id = place
    hands.screen.post("command", user=hands.user_id, channel="app", text=f"/asset release {reference}")
    if hands.screen.modal(hands.user_id, asset_card.RELEASE):
        deed = hands.begin("announce", str(version_id), channel_id)
        values = {"channels": [channel_id], "note": f"New for you: {deed.word}"}
        deed.told = hands.screen.send_form(hands.user_id, asset_card.RELEASE, values)


def _come_and_go(hands: _Hands) -> None:
    """Retire an asset or put it back: what stands in the channels changes with it."""
    reference = hands.dice.choice(list(hands.staff.coming_and_going.values()))
    hands.screen.post("command", user=hands.user_id, channel="app", text=f"/asset show {reference}")
    card = hands.screen.newest_ephemeral(hands.user_id)
    for action_id in (asset_card.RETIRE, asset_card.RESTORE):
        if card is not None and button_value(card, action_id) is not None:
            hands.screen.press(hands.user_id, card, action_id)
            return


def _admin(hands: _Hands) -> None:
    """Change somebody's roles and region."""
    hands.screen.post("command", user=hands.user_id, channel="app", text="/groundswell people")
    if not hands.screen.modal(hands.user_id, people.LIST):
        return
    person = hands.dice.choice(hands.staff.moving)
    hands.screen.post("click", user=hands.user_id, surface="modal", action_id=people.PICK, value=person)
    if hands.screen.modal(hands.user_id, people.EDIT):
        deed = hands.begin("move", person)
        values = {"region": deed.word, "roles": hands.dice.choice(ROLES)}
        deed.told = hands.screen.send_form(hands.user_id, people.EDIT, values)


def _time(hands: _Hands) -> None:
    """Now and then it is Monday: 09:00 in the east, and a moment later in the west too."""
    if time.monotonic() > hands.next_jump and hands.jumps < MOST_JUMPS:
        east_or_west = hands.staff.east if hands.jumps % 2 == 0 else hands.staff.west
        hands.screen.post("clock", to_local="mon 09:00", user=east_or_west)
        hands.jumps += 1
        hands.next_jump = time.monotonic() + JUMP_EVERY
