"""Everything that can be configured; the only reader of the environment and of .env."""

import math
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import Field, PrivateAttr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.feedback import CAPTURE, DEFAULT_EMOJI_MAP, REACTION_MEANINGS
from bot.domain.people import read_working_hours
from bot.domain.working_time import DEFAULT_HOURS
from bot.domain.workspace_settings import (
    ASK_BUDGET,
    EMOJI,
    FIRST_REPLY_HOURS,
    MONTHS,
    NEVER,
    USE_GOAL,
    emoji_map_with,
    values_in,
)
from bot.errors import SettingsError

SLACK = "https://slack.com/api/"
OUR_PREFIXES = ("SLACK_", "GROUNDSWELL_")


class Settings(BaseSettings):
    """The configuration, frozen. Keys are upper-case in the environment and in .env; .env.example explains each."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = SLACK
    database_url: str = "sqlite:///var/groundswell.db"
    admin_user_ids: Annotated[frozenset[str], NoDecode] = frozenset()
    official_form_url: str = ""
    first_reply_hours: int = Field(default=48, ge=FIRST_REPLY_HOURS[0], le=FIRST_REPLY_HOURS[1])
    ask_budget: int = Field(default=3, ge=ASK_BUDGET[0], le=ASK_BUDGET[1])  # messages to one person, in their own week
    use_goal: float = Field(default=0.2, ge=USE_GOAL[0] / 100, le=USE_GOAL[1] / 100)  # of the reps, per asset (P4)
    default_tz: str = "UTC"
    default_hours: str = DEFAULT_HOURS  # of people who have set no working hours
    reactions: str = ""
    # Months after which words are deleted; None keeps them.
    keep_feedback_months: int | None = Field(default=36, ge=MONTHS[0], le=MONTHS[1])
    keep_thread_months: int | None = Field(default=24, ge=MONTHS[0], le=MONTHS[1])
    keep_pulse_months: int | None = Field(default=24, ge=MONTHS[0], le=MONTHS[1])
    themes_file: str = ""  # of marketing's own themes; Groundswell's are in bot/domain/theme_list.toml
    openai_api_key: str = ""
    openai_base_url: str = ""
    openai_model: str = ""
    openai_timeout: float = Field(default=20, gt=0, le=120)  # seconds for one answer; a summary may take twice that
    openai_daily_tokens: int = Field(default=300_000, ge=0)
    openai_part_tokens: int = Field(default=6_000, ge=500, le=200_000)  # of a thread that are read at once
    log_level: str = "INFO"
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65535)
    web_workers: int = Field(default=1, ge=1, le=16)
    web_threads: int = Field(default=32, ge=1, le=40)  # the database has 50 connections for a process
    # Waits, in seconds. They are settings so that tests need not wait.
    tick_seconds: float = Field(default=20, gt=0, le=3600)
    send_interval: float = Field(default=1.0, ge=0, le=60)
    sends_per_second: float = Field(default=5.0, ge=0, le=1000)
    send_threads: int = Field(default=4, ge=1, le=32)
    send_timeout: float = Field(default=15, gt=0, le=120)
    settle_seconds: float = Field(default=60, ge=0, le=3600)
    picture_seconds: float = Field(default=5, ge=0, le=60)  # a new file may be unknown to Slack for so long
    pulse_refresh_seconds: float = Field(default=3, ge=0, le=60)  # between two changes of a pulse's message
    thread_seconds: float = Field(default=60, ge=0, le=3600)  # a captured thread that grows is read again after these
    job_lease_seconds: float = Field(default=60, gt=0, le=3600)
    socket_connections: int = Field(default=2, ge=1, le=10)  # Slack's own limit is ten
    clock_url: str = ""

    _given: "Settings | None" = PrivateAttr(default=None)  # of the environment, without what a workspace has saved

    @field_validator("keep_feedback_months", "keep_thread_months", "keep_pulse_months", mode="before")
    @classmethod
    def _never(cls, value: Any) -> Any:
        return None if isinstance(value, str) and value.strip().lower() == NEVER else value

    @field_validator("default_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        return read_working_hours(value)

    @field_validator("admin_user_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: Any) -> Any:
        if isinstance(value, str):
            ids = frozenset(word.strip() for word in value.split(",") if word.strip())
            if wrong := [word for word in ids if not word.isalnum() or word[0] not in "UW"]:
                raise ValueError(
                    f"{len(wrong)} of the ids are no Slack member ids (such as U0123ABCD, comma-separated)"
                )
            return ids
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: str) -> str:
        if value and not value.startswith("xoxb-"):
            raise ValueError("a bot token starts with xoxb-")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: str) -> str:
        if value and not value.startswith("xapp-"):
            raise ValueError("an app-level token starts with xapp-")
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, value: str) -> str:
        if value and (value.startswith(("xoxb-", "xapp-")) or not value.isascii() or not value.isprintable()):
            raise ValueError("is the Signing Secret under Basic Information, not a token")
        return value

    @field_validator("slack_api_url", "official_form_url", "clock_url", "openai_base_url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        try:
            host, _port = (urlsplit(value).hostname, urlsplit(value).port) if value else ("", 0)
        except ValueError:
            host = None
        if value and not host:
            raise ValueError("is no web address")
        return value

    @field_validator("themes_file")
    @classmethod
    def _themes_file(cls, value: str) -> str:
        if value and not value.lower().endswith(".toml"):
            raise ValueError("must name a .toml file")
        return value

    @field_validator("openai_api_key", "openai_model")
    @classmethod
    def _one_word(cls, value: str) -> str:
        if value and (not value.isascii() or not value.isprintable() or " " in value or value.startswith("xox")):
            raise ValueError("is one word of plain letters, as the model's server gives it")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        return value.rstrip("/") + "/" if value else SLACK

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.split("://", 1)[1]
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        try:
            parsed = make_url(value)
        except (ArgumentError, ValueError):
            raise ValueError("cannot be read; write postgresql://user:password@host:port/name") from None
        if parsed.get_backend_name() == "sqlite" and (parsed.database in (None, "", ":memory:") or parsed.query):
            raise ValueError("must name a file, such as sqlite:///var/groundswell.db")
        return value

    @field_validator("http_host")
    @classmethod
    def _host(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9.:-]+", value):
            raise ValueError("must be an address to listen on, such as 127.0.0.1 or 0.0.0.0")
        return value

    @field_validator("default_tz")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is not a time zone such as Europe/Berlin") from None
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("reactions")
    @classmethod
    def _reactions(cls, value: str) -> str:
        for pair in filter(None, (word.strip() for word in value.split(","))):
            emoji, _, meaning = pair.partition("=")
            known = (*REACTION_MEANINGS, CAPTURE)
            if not emoji.strip(": ") or meaning not in known:
                raise ValueError(f"write emoji=meaning, with a meaning out of {', '.join(known)}")
        return value

    @cached_property
    def emoji_map(self) -> dict[str, str]:
        """Which emoji (without colons) means what; the default map with the pairs of REACTIONS put over it."""
        pairs = (pair.partition("=") for pair in self.reactions.split(",") if pair.strip())
        return dict(DEFAULT_EMOJI_MAP) | {emoji.strip(": "): meaning.strip() for emoji, _, meaning in pairs}

    def with_saved(self, saved: Mapping[str, str]) -> "Settings":
        """The environment's settings with what a workspace has saved (`bot.domain.workspace_settings`) over them."""
        given, values = self._given or self, values_in(saved)
        fields = {name: value for name, value in values.items() if not name.startswith(EMOJI)}
        both = given.model_copy(update=fields | {"emoji_map": emoji_map_with(given.emoji_map, values)})
        both._given = given
        return both

    @property
    def stop_seconds(self) -> float:
        """How long stopping waits for calls under way: the time-outs of a look and a post, and to record the outcome.

        The client takes whole seconds, so `send_timeout` is rounded up.
        """
        return 5 + 2 * math.ceil(self.send_timeout)

    @property
    def has_model(self) -> bool:
        """Whether a language model is named: its name, and a key or a server of one's own."""
        return bool(self.openai_model and (self.openai_api_key or self.openai_base_url))

    @property
    def has_tokens(self) -> bool:
        """Whether a workspace is named: the bot token is there, and a way in."""
        return bool(self.slack_bot_token and (self.slack_app_token or self.slack_signing_secret))

    @property
    def is_signed_http(self) -> bool:
        """Whether Slack posts to us, each request signed; with an app token we call Slack instead (Socket Mode)."""
        return bool(self.slack_signing_secret and not self.slack_app_token)

    def cannot_serve(self) -> list[str]:
        """Why this configuration cannot serve a workspace, one line each; empty if it can."""
        lines = []
        if not self.slack_bot_token:
            lines.append("SLACK_BOT_TOKEN: is missing; .env.example says where to find it")
        if not (self.slack_app_token or self.slack_signing_secret):
            lines.append("SLACK_APP_TOKEN: is missing; .env.example says where to find it")
        if self.is_signed_http and not self.http_port:
            lines.append("HTTP_PORT: is missing; with a signing secret and no app token Slack posts to this port")
        if self.web_workers > 1 and not self.http_port:
            lines.append("WEB_WORKERS: several processes need HTTP_PORT")
        if self.web_workers > 1 and self.database_url.startswith("sqlite"):
            lines.append("WEB_WORKERS: SQLite is served by one process; for more, let DATABASE_URL name a PostgreSQL")
        return lines


def read_settings(env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """The settings from the environment and `env_file`, with `given` over both.

    Raises:
        SettingsError: one line for each thing that is wrong; no value is repeated.
    """
    try:
        return Settings(_env_file=env_file, **given)  # type: ignore[call-arg]
    except UnicodeDecodeError:
        raise SettingsError([f"{env_file}: is no UTF-8 text; save it as UTF-8"]) from None
    except ValidationError as error:
        lines = []
        for wrong in error.errors(include_input=False, include_url=False):
            key = ".".join(str(part) for part in wrong["loc"]).upper()
            lines.append(f"{key}: {wrong['msg'].removeprefix('Value error, ')}")
        raise SettingsError(lines) from None


def unknown_keys(env_file: Path) -> dict[str, str | None]:
    """The keys of a file of settings that look like ours and are none, each with the one that was probably meant."""
    known = [name.upper() for name in Settings.model_fields]
    unknown: dict[str, str | None] = {}
    for key in dotenv_values(env_file) if env_file.is_file() else ():
        if key.upper() in known:
            continue
        meant = next(iter(get_close_matches(key.upper(), known, n=1, cutoff=0.75)), None)
        if meant or key.upper().startswith(OUR_PREFIXES):
            unknown[key] = meant
    return unknown
