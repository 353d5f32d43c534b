"""Takes the picture of README.md (`make picture`): a rep's feedback beside the Monday digest."""

import base64
import shutil
import sys
import tempfile

from playwright.sync_api import Browser, expect

from tests.browser import Window, chromium
from tests.house import DRE, HOUSE, INES, whole_house
from tests.slack import Slack

PICTURE = HOUSE / "docs" / "pictures" / "sandbox.png"
DESK, POCKET = (990, 820), (390, 820)
LARGEST = 300_000  # bytes
FLAT = ".sidebar { background: var(--side); } .to-bottom { display: none; }"  # a gradient makes a large file


def main() -> int:
    """Take it; returns the exit code."""
    if shutil.which("chromium") is None:
        print("Chromium is not installed, so there is no new picture.", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        whole_house(f"sqlite:///{folder}/picture.db") as slack,
    ):
        picture = _side_by_side(browser, [_feedback(browser, slack), _digest(browser, slack)])
    if len(picture) > LARGEST:
        print(f"The picture has {len(picture):,} bytes; at most {LARGEST:,} are wanted.", file=sys.stderr)
        return 1
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(picture)
    print(f"{PICTURE.relative_to(HOUSE)}: {len(picture):,} bytes")
    return 0


def _open_app(browser: Browser, slack: Slack, person: str, size: tuple[int, int]) -> Window:
    here = Window(browser, slack.url, size)
    here.by("welcome-choose").click()
    here.by(f"person-{person}").click()
    here.open("app")
    here.by("messages-tab").click()
    return here


def _feedback(browser: Browser, slack: Slack) -> bytes:
    here = _open_app(browser, slack, DRE, POCKET)
    here.type("/asset-feedback lumenary deck 5 they wanted to plan their own case at once")
    here.message("plan their own case")
    here.type("/asset-feedback spine deck 2 they wanted this year's numbers, please reply")
    here.message("this year's numbers")
    slack.person("Ines").finds(lambda message: "this year's numbers" in message.text, "what her deck is worth")
    return _shot(here)


def _digest(browser: Browser, slack: Slack) -> bytes:
    slack.post("clock", to_local="mon 09:00", user=INES)
    here = _open_app(browser, slack, INES, DESK)
    expect(here.message("Your week")).to_contain_text("What needs you")
    here.page.locator(".scroller").evaluate("(el) => { el.querySelector('.message:last-child').scrollIntoView(); }")
    return _shot(here)


def _shot(here: Window) -> bytes:
    expect(here.by("toast")).to_have_count(0, timeout=15_000)
    here.page.add_style_tag(content=FLAT)
    taken = here.page.screenshot()
    here.close()
    return taken


def _side_by_side(browser: Browser, pictures: list[bytes]) -> bytes:
    rounded = "border-radius:12px;border:1px solid #c9d6d8"
    images = "".join(
        f'<img style="{rounded}" src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures
    )
    page = browser.new_page(viewport={"width": DESK[0] + POCKET[0] + 48, "height": DESK[1] + 34})
    page.set_content(f'<body style="margin:16px;display:flex;gap:12px;background:#eef3f3">{images}</body>')
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    taken = page.screenshot()
    page.close()
    return taken


if __name__ == "__main__":
    sys.exit(main())
