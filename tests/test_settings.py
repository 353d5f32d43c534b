"""The configuration: everything that is wrong is one line, and no value is repeated."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, read_settings

SECRET = "xoxb-123-secret"


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for key in (
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "HTTP_PORT",
        "WEB_WORKERS",
        "DATABASE_URL",
        "ADMIN_USER_IDS",
        "SLACK_API_URL",
    ):
        monkeypatch.delenv(key, raising=False)
    return tmp_path / ".env"


def test_nothing_at_all_is_a_configuration(env: Path) -> None:
    settings = read_settings(env)
    assert not settings.has_tokens
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.emoji_map["white_check_mark"] == "used"


def test_a_whole_configuration_is_read(env: Path) -> None:
    env.write_text(
        f"SLACK_BOT_TOKEN={SECRET}\nSLACK_APP_TOKEN=xapp-1\nSLACK_API_URL=http://127.0.0.1:9000/api\n"
        "ADMIN_USER_IDS=U1, U2\nDATABASE_URL=postgres://u:p@h/d\nREACTIONS=rocket=helpful\n"
    )
    settings = read_settings(env)
    assert settings.has_tokens
    assert settings.slack_api_url == "http://127.0.0.1:9000/api/"
    assert settings.admin_user_ids == {"U1", "U2"}
    assert settings.database_url == "postgresql+psycopg://u:p@h/d"
    assert settings.emoji_map["rocket"] == "helpful"


WRONG = [
    ("SLACK_BOT_TOKEN=xapp-wrong", "SLACK_BOT_TOKEN: a bot token starts with xoxb-"),
    ("SLACK_APP_TOKEN=xoxb-wrong", "SLACK_APP_TOKEN: an app-level token starts with xapp-"),
    ("SLACK_API_URL=slack.com", "SLACK_API_URL: must start with http"),
    ("SLACK_API_URL=https://", "SLACK_API_URL: is no web address"),
    ("SLACK_API_URL=https://slack.com:port/", "SLACK_API_URL: is no web address"),
    ("OFFICIAL_FORM_URL=quality.example", "OFFICIAL_FORM_URL: must start with http"),
    ("OFFICIAL_FORM_URL=javascript:alert(1)", "OFFICIAL_FORM_URL: must start with http"),
    ("CLOCK_URL=clock", "CLOCK_URL: must start with http"),
    ("DATABASE_URL=mysql://x", "DATABASE_URL: must start with sqlite"),
    ("DATABASE_URL=postgresql://me:pass@host:port/name", "DATABASE_URL: cannot be read"),
    ("DATABASE_URL=sqlite:///:memory:", "DATABASE_URL: must name a file"),
    ("DATABASE_URL=sqlite:///file.db?mode=ro", "DATABASE_URL: must name a file"),
    ("ADMIN_USER_IDS=sam@example.com", "ADMIN_USER_IDS: 1 of the ids"),
    ("FIRST_REPLY_HOURS=soon", "FIRST_REPLY_HOURS: "),
    ("FIRST_REPLY_HOURS=0", "FIRST_REPLY_HOURS: "),
    ("ASK_BUDGET=21", "ASK_BUDGET: "),
    ("USE_GOAL=2", "USE_GOAL: "),
    ("USE_GOAL=a fifth", "USE_GOAL: "),
    ("DEFAULT_TZ=Mars/Olympus", "DEFAULT_TZ: is not a time zone"),
    ("DEFAULT_HOURS=late", "DEFAULT_HOURS: Working hours look like"),
    ("KEEP_FEEDBACK_MONTHS=0", "KEEP_FEEDBACK_MONTHS: "),
    ("KEEP_THREAD_MONTHS=121", "KEEP_THREAD_MONTHS: "),
    ("KEEP_PULSE_MONTHS=ever", "KEEP_PULSE_MONTHS: "),
    ("REACTIONS=rocket=wonderful", "REACTIONS: write emoji=meaning"),
    ("THEMES_FILE=our themes.xlsx", "THEMES_FILE: must name a .toml file"),
    ("LOG_LEVEL=CHATTY", "LOG_LEVEL: must be"),
    ("TICK_SECONDS=-1", "TICK_SECONDS: "),
    ("SEND_INTERVAL=fast", "SEND_INTERVAL: "),
    ("SENDS_PER_SECOND=-1", "SENDS_PER_SECOND: "),
    ("SEND_THREADS=0", "SEND_THREADS: "),
    ("SEND_TIMEOUT=-5", "SEND_TIMEOUT: "),
    ("SETTLE_SECONDS=-60", "SETTLE_SECONDS: "),
    ("PICTURE_SECONDS=61", "PICTURE_SECONDS: "),
    ("OPENAI_API_KEY=xoxb-not-this-one", "OPENAI_API_KEY: is one word"),
    ("OPENAI_BASE_URL=localhost:8080", "OPENAI_BASE_URL: must start with"),
    ("OPENAI_MODEL=the best one", "OPENAI_MODEL: is one word"),
    ("OPENAI_TIMEOUT=500", "OPENAI_TIMEOUT: "),
    ("OPENAI_DAILY_TOKENS=-1", "OPENAI_DAILY_TOKENS: "),
    ("OPENAI_PART_TOKENS=10", "OPENAI_PART_TOKENS: "),
    ("THREAD_SECONDS=-1", "THREAD_SECONDS: "),
    ("PULSE_REFRESH_SECONDS=-3", "PULSE_REFRESH_SECONDS: "),
    ("JOB_LEASE_SECONDS=nan", "JOB_LEASE_SECONDS: "),
    ("SOCKET_CONNECTIONS=11", "SOCKET_CONNECTIONS: "),
    ("HTTP_HOST=not a host", "HTTP_HOST: "),
    ("SLACK_SIGNING_SECRET=xapp-wrong", "SLACK_SIGNING_SECRET: is the Signing Secret"),
    ("HTTP_PORT=70000", "HTTP_PORT: "),
    ("HTTP_PORT=http", "HTTP_PORT: "),
    ("WEB_WORKERS=0", "WEB_WORKERS: "),
    ("WEB_THREADS=41", "WEB_THREADS: "),
]


@pytest.mark.parametrize(("line", "says"), WRONG)
def test_what_is_wrong_is_one_line_without_its_value(env: Path, line: str, says: str) -> None:
    env.write_text(line + "\n")
    with pytest.raises(SettingsError) as wrong:
        read_settings(env)
    assert len(wrong.value.lines) == 1
    assert wrong.value.lines[0].startswith(says)
    assert line.split("=", 1)[1] not in wrong.value.lines[0]


def test_every_key_can_be_wrong() -> None:
    assert {line.split("=", 1)[0] for line, _ in WRONG} == {name.upper() for name in Settings.model_fields}


def test_a_key_that_is_empty_is_as_good_as_missing(env: Path) -> None:
    nothing = read_settings(env)
    env.write_text("".join(f"{name.upper()}=\n" for name in Settings.model_fields))
    assert read_settings(env) == nothing


def test_an_env_that_is_no_text_is_one_line(env: Path) -> None:
    env.write_bytes(b"SLACK_BOT_TOKEN=\xff\xfe\n")
    with pytest.raises(SettingsError, match="is no UTF-8 text"):
        read_settings(env)


def test_every_key_is_explained() -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
    missing = [name.upper() for name in Settings.model_fields if f"{name.upper()}=" not in example]
    assert missing == ["CLOCK_URL"]  # a sandbox's; nobody sets it by hand


def test_everything_wrong_is_named_at_once(env: Path) -> None:
    env.write_text(f"SLACK_APP_TOKEN={SECRET}\nDEFAULT_TZ=nowhere\nLOG_LEVEL=x\n")
    with pytest.raises(SettingsError) as wrong:
        read_settings(env)
    assert len(wrong.value.lines) == 3
    assert SECRET not in str(wrong.value)


BOT, APP, SIGNED = "SLACK_BOT_TOKEN=xoxb-1\n", "SLACK_APP_TOKEN=xapp-1\n", "SLACK_SIGNING_SECRET=abc\nHTTP_PORT=3000\n"


@pytest.mark.parametrize(
    ("lines", "is_signed_http"),
    [
        (BOT + APP, False),
        (BOT + SIGNED, True),
        (BOT + APP + SIGNED, False),
        (BOT + SIGNED + "WEB_WORKERS=2\nDATABASE_URL=postgresql://h/d\n", True),
    ],
)
def test_what_can_serve(env: Path, lines: str, is_signed_http: bool) -> None:
    env.write_text(lines)
    settings = read_settings(env)
    assert settings.cannot_serve() == []
    assert settings.is_signed_http is is_signed_http


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (BOT, "SLACK_APP_TOKEN: is missing"),
        (APP, "SLACK_BOT_TOKEN: is missing"),
        (SIGNED, "SLACK_BOT_TOKEN: is missing"),
        (BOT + "SLACK_SIGNING_SECRET=abc\n", "HTTP_PORT: is missing"),
        (BOT + SIGNED + "WEB_WORKERS=2\n", "WEB_WORKERS: SQLite is served by one process"),
        (BOT + APP + "WEB_WORKERS=2\nDATABASE_URL=postgresql://h/d\n", "WEB_WORKERS: several processes need HTTP_PORT"),
    ],
)
def test_what_cannot_serve_is_one_line(env: Path, lines: str, says: str) -> None:
    env.write_text(lines)
    (line,) = read_settings(env).cannot_serve()
    assert line.startswith(says)
