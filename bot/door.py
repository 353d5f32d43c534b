"""The door that every listener stands behind: once in, saved, answered, in this order, for all of them alike."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Any

import structlog
from slack_bolt import Ack, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.access import NOT_FOUND, Denied, require
from bot.domain.text import clean, clip, escape, plain
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, delivery_key
from bot.settings import Settings
from bot.views import kit
from storage import denial, erased, inbox, jobs, turns, welcome
from storage import people as people_store
from storage.db import Database
from storage.workspace_settings import in_force

log = structlog.get_logger()

Taken = Callable[[str, str, float], None]  # kind of delivery, outcome, seconds until the answer

NOT_SAVED = "Something went wrong on our side and nothing was saved. Please try once more."
TOO_SLOW = "Slack closed the door before the form could open. Please try once more."
NO_FORMS = (
    "Forms can't be opened in this workspace. Commands with words work: "
    "try `/asset-feedback spine deck 4 surgeons loved it`."
)
NUMBER = re.compile(r"_\d+$")  # of a button that is one of several answers
LET_PASS = 3.0  # seconds that a private reply waits at most while others wait for their acknowledgement
LONGEST_NAME = 80  # characters; Slack's own limit for a display name
GONE = "Whoever was erased begins anew with a command, a button or a form."
OTHER_COMPANY = "Groundswell answers only people of the company that installed it."


class Door:
    """Takes deliveries for the listeners."""

    def __init__(
        self,
        *,
        settings: Settings,
        db: Database,
        client: WebClient,
        now: Callable[[], datetime],
        team_id: Callable[[], str],
        taken: Taken = lambda _kind, _outcome, _seconds: None,
    ) -> None:
        """`team_id` tells the workspace that the bot token belongs to; `taken` is told of every delivery."""
        self._settings, self._db, self._client, self._now = settings, db, client, now
        self._team_id, self._taken = team_id, taken
        self._replies = ThreadPoolExecutor(max_workers=4, thread_name_prefix="reply")

    def read_settings(self) -> None:
        """Take over what an admin has set: at every tick, and at once where it was saved; no delivery looks."""
        try:
            with self._db.read() as session:
                self._settings = in_force(session, self._settings, team_id=self._team_id())
        except Exception as error:  # the old ones hold until the next tick
            log.error("settings not read", error=type(error).__name__)

    def close(self) -> None:
        """Finish the private replies that are under way."""
        self._replies.shutdown(wait=True)

    def take(self, listener: Listener, body: dict[str, Any], ack: Ack) -> BoltResponse:
        """One delivery, whole: find the actor, save, answer, acknowledge; the ack is the last thing that happens.

        Events that fail raise, so that Slack sends them again.
        """
        began, outcome = time.perf_counter(), "failed"
        try:
            with self._db.answering():
                outcome, answer = self._outcome(listener, body)
            return self._give(listener, body, answer, ack)
        finally:
            self._taken(listener.kind, outcome, time.perf_counter() - began)

    def _outcome(self, listener: Listener, body: dict[str, Any]) -> tuple[str, Answer]:
        """What became of it, `saved`, `again`, `read`, `refused` or `failed`, and what the person hears."""
        try:
            return self._answer(listener, body)
        except BotError as error:
            if isinstance(error, Denied) or error.sentence == NOT_FOUND:
                self._put_on_record(listener, body)
            return "refused", self._refusal(listener, body, error)
        except Exception as error:
            if listener.kind == "event":
                raise
            log.error("not saved", listener=listener.id, error=type(error).__name__, at=_place(error))
            return "failed", self._refusal(listener, body, BotError(NOT_SAVED))

    def _answer(self, listener: Listener, body: dict[str, Any]) -> tuple[str, Answer]:
        if listener.reads:
            with self._db.read() as session:
                looked = listener.do(session, self._act(session, listener, body)) or Answer()
            return "read", looked.afterwards(self._db) if looked.afterwards else looked
        key, team_id, answer = delivery_key(listener.kind, body), self._team_id(), None
        try:
            with self._db.begin() as session:
                turns.take_turn(session, team_id=team_id, of=f"person {_user_id(body)}")  # two presses in one moment
                known = inbox.get_delivery(session, team_id=team_id, key=key)
                if known is not None:
                    return "again", Answer.from_json(known.answer)
                act = self._act(session, listener, body, meet=True)
                answer = (listener.do(session, act) or Answer()).with_nonce()
                told = answer.to_json()
                inbox.add_delivery(session, team_id=team_id, key=key, answer=told, now=datetime.now(UTC))
        except Exception as error:
            # The same delivery at the same moment in another process: its answer is the answer, and its change may be
            # what stopped us here. Or our own commit, of which only the reply was lost.
            with self._db.read() as session:
                known = inbox.get_delivery(session, team_id=team_id, key=key)
            if known is None:
                raise
            if answer is None or isinstance(error, IntegrityError):
                return "again", Answer.from_json(known.answer)
        return "saved", answer

    def _act(self, session: Session, listener: Listener, body: dict[str, Any], *, meet: bool = False) -> Act:
        team_id, user_id, now = self._team_id(), _user_id(body), self._now()
        user = body.get("user") or {}
        if user.get("team_id") not in (None, "", team_id):  # whose it is, not where it was pressed (Slack Connect)
            raise Denied(OTHER_COMPANY)
        who: dict[str, Any] = {"team_id": team_id, "user_id": user_id}
        known: dict[str, Any] = {"admins": self._settings.admin_user_ids, "default_tz": self._settings.default_tz}
        actor = people_store.find_known_actor(session, **who, **known)
        if actor is None:
            if meet and listener.kind == "event" and erased.list_erased(session, team_id=team_id, user_ids=[user_id]):
                raise BotError(GONE)  # what happens around them is no wish of theirs to be met anew
            if meet and user_id:
                name = clip(clean(user.get("name") or body.get("user_name") or ""), LONGEST_NAME)
                people_store.record_person(session, **who, now=now, name=name)
                real, payload = datetime.now(UTC), {"user_id": user_id}
                key = f"people.read:{user_id}"
                jobs.add_job(session, team_id=team_id, kind="people.read", key=key, payload=payload, now=real)
            actor = people_store.find_actor(session, **who, **known)
        if meet and actor.is_new and listener.kind == "command":
            welcome.ask_for_welcome(session, team_id=team_id, user_id=user_id, real_now=datetime.now(UTC))
        require(actor, listener.may)
        return Act(actor=actor, now=now, settings=self._settings, body=body)

    def _put_on_record(self, listener: Listener, body: dict[str, Any]) -> None:
        """Somebody wanted what they may not, or what is not there for them: that is counted, and not what they sent."""
        given: dict[str, Any] = {"team_id": self._team_id(), "user_id": _user_id(body), "now": self._now()}
        wanted = f"{listener.kind} {NUMBER.sub('', listener.id)}"  # which answer somebody pressed is nobody's business
        try:
            with self._db.read() as session:  # whoever tries for long makes nobody wait
                is_worth_it = denial.is_worth_noting(session, wanted=wanted, **given)
            if is_worth_it:
                with self._db.begin() as session:
                    denial.record_denial(session, wanted=wanted, **given)
        except Exception as error:  # they are refused all the same
            log.error("denial not on record", listener=listener.id, error=type(error).__name__)

    def _refusal(self, listener: Listener, body: dict[str, Any], error: BotError) -> Answer:
        """The sentence where the person looks: under the field, or as a private reply with what was typed."""
        if listener.kind == "submission":
            if isinstance(error, FormErrors):
                return Answer(view={"errors": error.fields})
            blocks = (body.get("view") or {}).get("blocks") or []
            inputs = [block.get("block_id") or "" for block in blocks if block.get("type") == "input"]
            if inputs:
                raise_at = error.field if error.field in inputs else inputs[0]
                return Answer(view={"errors": {raise_at: error.sentence}})
            return Answer(view=kit.notice_modal(error.sentence))
        text = error.sentence
        if listener.kind == "command" and (body.get("text") or "").strip():
            typed = escape(plain(f"{body.get('command')} {body['text']}"))
            text = f"{text}\n\nThis is what you typed, to copy:\n```{clip(typed.replace('```', '‘‘‘'), 2500)}```"
        return Answer(text=text)

    def _give(self, listener: Listener, body: dict[str, Any], answer: Answer, ack: Ack) -> BoltResponse:
        if listener.kind == "options":
            return ack(options=answer.options)
        if listener.kind == "submission":
            return _close_form(answer, ack)
        if listener.kind == "event":
            return ack()
        if answer.modal is not None or answer.view is not None:
            answer = self._show(body, answer)
        if listener.kind == "command":
            return ack(text=answer.text, blocks=answer.blocks) if answer.text else ack()
        if answer.text:
            self._reply(body, answer)
        return ack()

    def _show(self, body: dict[str, Any], answer: Answer) -> Answer:
        """Open, push or change a modal now; what cannot be shown becomes a sentence."""
        trigger, view = body.get("trigger_id", ""), body.get("view") or {}
        try:
            if answer.view is not None:
                self._client.views_update(view_id=view.get("id"), view=answer.view)
            elif view.get("type") == "modal":
                self._client.views_push(trigger_id=trigger, view=answer.modal or {})
            else:
                self._client.views_open(trigger_id=trigger, view=answer.modal or {})
        except SlackApiError as error:
            reason = error.response.get("error")
            log.warning("form not opened", error=reason, why=error.response.get("response_metadata"))
            refused = reason in ("unknown_method", "missing_scope", "not_allowed_token_type")
            return Answer(text=NO_FORMS if refused else TOO_SLOW)
        except Exception as error:
            log.warning("form not opened", error=type(error).__name__)
            return Answer(text=TOO_SLOW)
        return Answer(text=answer.text, blocks=answer.blocks, replace=answer.replace)

    def _reply(self, body: dict[str, Any], answer: Answer) -> None:
        """A private reply through the response_url, at most once; where there is none, a small modal says it."""
        url = body.get("response_url")
        if url:
            until = time.monotonic() + LET_PASS
            self._replies.submit(self._send_reply, url, answer, until)
        else:
            self._show(body, Answer(modal=kit.notice_modal(answer.text)))

    def _send_reply(self, url: str, answer: Answer, until: float) -> None:
        self._db.let_pass(until=until)  # whoever has no answer yet goes first: theirs has three seconds
        _send_reply(url, answer, self._client.ssl)


def _close_form(answer: Answer, ack: Ack) -> BoltResponse:
    if answer.view is None:
        return ack()
    if "errors" in answer.view:
        return ack(response_action="errors", errors=answer.view["errors"])
    return ack(response_action="update", view=answer.view)


def _send_reply(url: str, answer: Answer, certificates: SSLContext | None) -> None:
    try:
        WebhookClient(url, timeout=5, ssl=certificates, retry_handlers=[]).send(
            text=answer.text,
            blocks=answer.blocks,
            response_type="ephemeral",
            replace_original=answer.replace,
        )
    except Exception as error:
        log.warning("private reply not delivered", error=type(error).__name__)


def _user_id(body: dict[str, Any]) -> str:
    by = body.get("user") or (body.get("event") or {}).get("user") or body.get("user_id") or ""
    return str((by.get("id") or "") if isinstance(by, dict) else by)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
