"""The doctor: what is configured and what is not, in plain words; it changes nothing and shows no secret."""

import logging
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from rich.text import Text
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlmodel import Session

from bot.doctor_database import look_at_clock, look_at_database, look_at_disk
from bot.doctor_model import look_at_cost, look_at_model
from bot.domain.own_group import LostGroup, user_group_words
from bot.domain.text import clip, count
from bot.domain.theme_list import load_themes
from bot.finding import Finding
from bot.settings import SLACK, Settings, unknown_keys
from storage import outbox, own_group, people, workspace
from storage.db import Database
from storage.workspace_settings import in_force

TIMEOUT = 5  # seconds for each question to Slack
REFUSED = ("unknown_method", "missing_scope", "not_allowed_token_type", "method_not_supported")
NOBODY_READS = "Nobody gets the digest yet: nobody has the role of marketer."

# What each scope of manifest.yaml is for: what does not work without it.
SCOPES = {
    "commands": "commands such as /asset-feedback",
    "chat:write": "every message",
    "im:write": "direct messages",
    "users:read": "names and time zones, and who has left",
    "dnd:read": "nobody is asked anything while they do not want to be disturbed",
    "reactions:read": "feedback by emoji",
    "usergroups:read": "pulses to a user group, and user groups as managers' own groups",
    "channels:read": "the list of channels that the app listens to",
    "groups:read": "the same for private channels",
    "channels:history": "feedback by emoji under ordinary messages",
    "groups:history": "the same in private channels",
    "im:history": "the same in direct messages",
    "files:write": "pictures in messages; without it their words go alone",
}
# Questions that change nothing: what Slack is asked, and what is off where it refuses.
QUESTIONS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("users.list", {"limit": "1"}, "People's names and time zones are not known, nor who has left."),
    ("conversations.list", {"limit": "1"}, "The Home cannot list the channels that the app listens to."),
    ("conversations.history", {"channel": "C0"}, "Reactions count under announcements only."),
    ("views.open", {"trigger_id": "0", "view": "{}"}, "Forms cannot be opened; commands with words work."),
    ("views.publish", {"user_id": "U0", "view": "{}"}, "There is no App Home."),
    ("files.getUploadURLExternal", {"filename": "0"}, "Messages have no pictures; what they show is said in words."),
    ("chat.update", {"channel": "C0", "ts": "0", "text": "-"}, "Messages cannot be changed after they are sent."),
)
REASONS = {
    "invalid_auth": "Slack does not know this token",
    "not_authed": "Slack did not get a token",
    "account_inactive": "the app was removed from this workspace",
    "token_revoked": "this token was taken back",
    "token_expired": "this token has expired",
    "not_allowed_token_type": "this is another kind of token",
    "unknown_method": "this Slack does not know the call",
    "missing_scope": "the app was not given the permission",
}


def examine(settings: Settings, env_file: Path | None = None) -> list[Finding]:
    """Look at everything that the settings name, and at what `env_file` names besides."""
    quiet = logging.getLogger("doctor")  # what the SDK would log is said in a finding
    quiet.setLevel(logging.CRITICAL)
    client = WebClient(
        settings.slack_bot_token, settings.slack_api_url, timeout=TIMEOUT, retry_handlers=[], logger=quiet
    )
    db = Database(settings.database_url)
    try:
        return [*_look_at_keys(env_file), *check(settings, db, client)]
    finally:
        db.close()


def check(settings: Settings, db: Database, client: WebClient) -> list[Finding]:
    """All findings, in the order in which they are best put right."""
    team_id, found = _look_at_slack(settings, client)
    usable, database = look_at_database(db)
    found += [*database, look_at_disk(db)]
    if usable:
        with db.read() as session:
            settings = in_force(session, settings, team_id=team_id) if team_id else settings
            found += _look_at_rows(session, db, settings, team_id)
    else:
        found += [*_admins(settings, 0), Finding("Digest", "warn", NOBODY_READS, _SET_ROLES)]
    if settings.official_form_url:
        found.append(
            Finding("Official form", "ok", "People who write about a complaint are led to your official form.")
        )
    else:
        told = "The link to your official form for complaints and adverse events is missing."
        found.append(Finding("Official form", "warn", told, "`/groundswell settings`, or OFFICIAL_FORM_URL."))
    found += [_look_at_themes(settings), look_at_model(settings)]
    return found


def show(findings: list[Finding], screen: Console) -> None:
    """Print the findings as a table."""
    marks = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "bold red")}
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in findings:
        mark, style = marks[finding.state]
        told = Text(finding.sentence)
        if finding.advice:
            told.append(f"\n{finding.advice}", style="dim")
        table.add_row(Text(mark, style=style), Text(finding.topic, style="bold"), told)
    screen.print(table)


_SET_ROLES = "An admin can set it with /groundswell people."


def _look_at_keys(env_file: Path | None) -> Iterator[Finding]:
    """Keys of .env that nobody reads although they look like ours."""
    unknown = unknown_keys(env_file) if env_file else {}
    for key, meant in unknown.items():
        advice = f"Did you mean {meant}?" if meant else ".env.example lists what there is."
        yield Finding("Settings", "warn", f"{clip(key, 60)} in .env is no setting, so it is not read.", advice)
    if not unknown:
        yield Finding("Settings", "ok", "The settings can be read.")


def _look_at_slack(settings: Settings, client: WebClient) -> tuple[str, list[Finding]]:
    """The workspace's id ("" if Slack tells none) and how the connection is."""
    host = urlsplit(settings.slack_api_url).netloc.rsplit("@", 1)[-1]
    if not settings.slack_bot_token:
        told = "There is no bot token, so the app runs in the sandbox only."
        return "", [Finding("Slack", "warn", told, "Put SLACK_BOT_TOKEN into .env; .env.example says where it is.")]
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        told = f"Slack refuses the bot token: {_reason(error)}."
        return "", [Finding("Slack", "bad", told, "Copy SLACK_BOT_TOKEN anew from “OAuth & Permissions”.")]
    except (OSError, HTTPException):
        advice = "Is this machine online?" if settings.slack_api_url == SLACK else "Is SLACK_API_URL right?"
        return "", [Finding("Slack", "bad", f"Slack does not answer at {host}.", advice)]
    team = clip(str(answer.get("team") or ""), 80)
    found = [Finding("Slack", "ok", f"The bot token works in the workspace {team}.")]
    found += [_look_at_app_token(settings, client), *_look_at_scopes(answer.headers)]
    return str(answer.get("team_id") or ""), found + list(_look_at_calls(client))


def _look_at_themes(settings: Settings) -> Finding:
    try:
        themes = load_themes(settings.themes_file)
    except ValueError as error:
        told = f"The file that THEMES_FILE names cannot be read, so Groundswell's own themes are used. {error}"
        return Finding("Themes", "warn", told, "bot/domain/theme_list.toml shows how such a file looks.")
    whose = "of your own file" if settings.themes_file else "that come with Groundswell"
    return Finding("Themes", "ok", f"{count(len(themes), 'theme', 'themes')} {whose} are known to digests and pulses.")


def _look_at_app_token(settings: Settings, client: WebClient) -> Finding:
    if settings.is_signed_http:
        if wrong := settings.cannot_serve():
            return Finding("Events", "bad", wrong[0].replace(": ", " ", 1) + ".")
        return Finding("Events", "ok", f"Slack posts what people do to port {settings.http_port}, each request signed.")
    if not settings.slack_app_token:
        advice = "Make one with the scope connections:write and put it into SLACK_APP_TOKEN."
        return Finding("Events", "bad", "There is no app-level token, so Slack cannot tell the app anything.", advice)
    try:
        client.apps_connections_open(app_token=settings.slack_app_token)
    except SlackApiError as error:
        advice = "Copy SLACK_APP_TOKEN anew, and see that Socket Mode is on."
        return Finding("Events", "bad", f"Slack refuses the app-level token: {_reason(error)}.", advice)
    except (OSError, HTTPException):
        return Finding("Events", "bad", "Slack did not answer when asked for a connection.", "Try once more.")
    return Finding("Events", "ok", "The app-level token works: Slack can tell the app what people do.")


def _look_at_scopes(headers: dict[str, str]) -> Iterator[Finding]:
    told = {key.lower(): value for key, value in headers.items()}.get("x-oauth-scopes")
    if told is None:
        return  # not every Slack says so; the calls below show what is missing
    given = {scope.strip() for scope in told.split(",")}
    missing = [scope for scope in SCOPES if scope not in given]
    for scope in missing:
        advice = "Add it under “OAuth & Permissions” and install the app again."
        yield Finding("Permissions", "warn", f"{scope} is missing; it is for {SCOPES[scope]}.", advice)
    if not missing:
        yield Finding("Permissions", "ok", "The app has every permission that it needs.")


def _look_at_calls(client: WebClient) -> Iterator[Finding]:
    refused = False
    for method, arguments, consequence in QUESTIONS:
        try:
            client.api_call(method, params=arguments)
        except SlackApiError as error:
            if str(error.response.get("error")) in REFUSED:
                refused = True
                yield Finding("Slack's calls", "warn", f"{method} is refused: {_reason(error)}.", consequence)
        except (OSError, HTTPException):
            refused = True
            yield Finding("Slack's calls", "warn", f"{method} was not answered.", consequence)
    if not refused:
        yield Finding("Slack's calls", "ok", "Slack answers every call that the app makes.")


def _look_at_rows(session: Session, db: Database, settings: Settings, team_id: str) -> Iterator[Finding]:
    teams = [team_id] if team_id else [row.team_id for row in workspace.list_workspaces(session)]
    beats = [beat for team in teams if (beat := workspace.get_heartbeat(session, team_id=team))]
    yield look_at_clock(settings, db, max((beat.ticked_at for beat in beats), default=None))
    states: dict[str, int] = {}
    for team in teams:
        for name, number in outbox.count_states(session, team_id=team).items():
            states[name] = states.get(name, 0) + number
    yield from _outbox(states)
    admins = settings.admin_user_ids
    known = {one.user_id for team in teams for one in people.list_admins(session, team_id=team, admins=admins)}
    yield from _admins(settings, len(known | admins))
    readers = sum(len(people.list_people(session, team_id=team, role="marketer")) for team in teams)
    if readers:
        yield Finding("Digest", "ok", f"{count(readers, 'marketer gets', 'marketers get')} the weekly digest.")
    else:
        yield Finding("Digest", "warn", NOBODY_READS, _SET_ROLES)
    yield from _lost_groups([one for team in teams for one in own_group.list_lost(session, team_id=team)])
    yield from look_at_cost(session, settings, teams)


def _lost_groups(lost: list[LostGroup]) -> Iterator[Finding]:
    for one in lost:
        told = f"Slack no longer shows the {clip(user_group_words(one.name), 80)}, {clip(one.manager, 80)}'s own group"
        told += f": the {count(one.people, 'person', 'people')} known last stay{'s' if one.people == 1 else ''}."
        yield Finding("Own groups", "warn", told, "An admin can choose another one with /groundswell people.")


def _outbox(states: dict[str, int]) -> Iterator[Finding]:
    waiting = states.get("pending", 0) + states.get("sending", 0)
    told = [f"{count(waiting, 'message waits', 'messages wait')} to be sent"]
    if refused := states.get("failed", 0):
        told.append(f"{count(refused, 'was', 'were')} refused by Slack")
    if unclear := states.get("uncertain", 0):
        told.append(f"of {unclear} nobody knows whether {'it' if unclear == 1 else 'they'} arrived")
    lost = len(told) > 1
    yield Finding("Outbox", "warn" if lost else "ok", "; ".join(told) + ".", "The log says why." if lost else "")


def _admins(settings: Settings, number: int) -> Iterator[Finding]:
    number = max(number, len(settings.admin_user_ids))
    if number:
        yield Finding("Admins", "ok", f"{count(number, 'admin is', 'admins are')} named.")
    else:
        advice = "Put your Slack member id (your profile, “Copy member ID”) into ADMIN_USER_IDS."
        yield Finding("Admins", "warn", "Nobody is an admin yet, so nobody can set roles.", advice)


def _reason(error: SlackApiError) -> str:
    reason = error.response.get("error") if hasattr(error.response, "get") else None
    return REASONS.get(str(reason), str(reason or "its answer cannot be read").replace("_", " "))
