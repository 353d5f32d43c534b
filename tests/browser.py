"""A real browser for tests: Debian's Chromium, and a window whose complaints are kept."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

SKIPPED = "Chromium is not installed, so the page was not tried in a browser."
DESKTOP, PHONE = (1280, 860), (390, 844)
NARROW = 760  # pixels; up to here the list of conversations is behind a button


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine; without one the test is skipped, on CI it fails."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(SKIPPED)
        pytest.skip(SKIPPED)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Window:
    """One window of the sandbox's page, and what a person does in it."""

    def __init__(self, browser: Browser, url: str, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> None:
        self.url, self.complaints = url, list[str]()
        self._context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=size[0] <= NARROW,
        )
        self._is_narrow = size[0] <= NARROW
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(8000)
        self.page.on("console", lambda told: self._complain(told.type in ("error", "warning"), told.text))
        self.page.on("pageerror", lambda error: self._complain(True, str(error)))
        self.page.on("requestfailed", lambda one: self._complain(True, f"{one.failure} {one.url}"))
        self.page.on("response", lambda one: self._complain(one.status >= 400, f"{one.status} {one.url}"))
        self.page.on("request", self._stays_here)
        self.page.goto(url)

    def _complain(self, is_bad: bool, words: str) -> None:
        if is_bad:
            self.complaints.append(words)

    def _stays_here(self, request: Request) -> None:
        self._complain(not request.url.startswith((self.url, "data:")), f"asked outside: {request.url}")

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def by(self, testid: str) -> Locator:
        """What has this data-testid."""
        return self.page.get_by_test_id(testid)

    def press(self, label: str) -> None:
        """Press the newest button with this label: in the dialog, if one is open."""
        dialog = self.page.get_by_role("dialog")
        where: Any = dialog.last if dialog.count() else self.page
        where.get_by_role("button", name=label, exact=True).last.click()

    def become(self, user_id: str) -> None:
        """Be somebody else."""
        self._open_list()
        self.by("who").click()
        self.by(f"person-{user_id}").click()
        self.by("person-chooser").wait_for(state="detached")

    def open(self, channel: str) -> None:
        """Open a channel by name, or "app"."""
        self._open_list()
        self.by(f"channel-{channel}").click()

    def _open_list(self) -> None:
        if self._is_narrow:
            self.by("drawer").click()

    def type(self, text: str) -> None:
        """Write into the composer and send with Enter."""
        self.by("composer").click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def message(self, text: str) -> Locator:
        """The newest message with these words, once it is there."""
        found = self.by("message").filter(has_text=text).last
        found.wait_for()
        return found

    def focus(self) -> str:
        """The data-testid, label or id of what has the keyboard."""
        return str(
            self.page.evaluate(
                "(() => { const e = document.activeElement;"
                " return e.dataset.testid || e.getAttribute('aria-label') || e.innerText || e.id || e.tagName; })()"
            )
        )
