"""Signed HTTP instead of Socket Mode: events and interactions are posted to the app's request URL."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.log import WireLog
from sandbox.model import Json

SIGNING_SECRET = "sandbox-signing-secret"


def sign(body: str, timestamp: str, secret: str = SIGNING_SECRET) -> str:
    """Slack's signature v0 of a request."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class NotOk(Exception):
    """The app answered with another status than 200; `no_retry` if it asked not to be asked again."""

    def __init__(self, status: int, no_retry: bool) -> None:
        """Keep the answer."""
        super().__init__(f"HTTP {status}")
        self.status, self.no_retry = status, no_retry


class RequestUrl:
    """Where the app listens."""

    def __init__(self, url: str, log: WireLog) -> None:
        """Nothing is sent yet."""
        self.url = url
        self._log = log
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def verify(self, timeout: float) -> bool:
        """Send Slack's challenge; True if it came back."""
        challenge = hashlib.sha256(self.url.encode()).hexdigest()
        body = {"type": "url_verification", "token": "sandbox", "challenge": challenge}
        try:
            answer = await self._post(json.dumps(body), "application/json", {}, timeout)
        except (NotOk, TimeoutError, ConnectionError):
            return False
        return answer in (challenge, {"challenge": challenge})

    async def deliver(self, kind: str, payload: Json, headers: dict[str, str], timeout: float) -> Any:
        """Post one payload; returns the body of the answer, read as JSON where it is.

        Raises:
            NotOk: another status than 200.
            TimeoutError: no answer within `timeout` seconds.
            ConnectionError: nobody listens, or the connection was lost.
        """
        form = "application/x-www-form-urlencoded"
        if kind == "events_api":
            return await self._post(json.dumps(payload), "application/json", headers, timeout)
        if kind == "slash_commands":
            return await self._post(urlencode(payload), form, headers, timeout)
        return await self._post(urlencode({"payload": json.dumps(payload)}), form, headers, timeout)

    async def _post(self, body: str, content_type: str, headers: dict[str, str], timeout: float) -> Any:
        timestamp = str(int(time.time()))
        signed = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(body, timestamp),
            "User-Agent": "Slackbot 1.0 (sandbox)",
            **headers,
        }
        try:
            answer = await self._client.post(self.url, content=body.encode(), headers=signed, timeout=timeout)
        except httpx.TimeoutException:
            self._log.add("http", url=self.url, status=None, reason="timeout")
            raise TimeoutError from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._log.add("http", url=self.url, status=None, reason=type(error).__name__)
            raise ConnectionError(str(error)) from None
        self._log.add("http", url=self.url, status=answer.status_code)
        if answer.status_code != 200:
            raise NotOk(answer.status_code, answer.headers.get("x-slack-no-retry") == "1")
        if not answer.text:
            return None
        try:
            return answer.json()
        except ValueError:
            return answer.text
