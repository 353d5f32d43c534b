"""The sandbox's page in a real browser, with the real app in it: by mouse, by keyboard alone, and on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import DESKTOP, PHONE, Window, chromium
from tests.databases import sqlite_database
from tests.house import DRE, INES, whole_house
from tests.slack import Slack

Open = Callable[..., Window]

# Everything that can be pressed or filled in has a name; the page is not wider than the screen.
NAMELESS = """() => [...document.querySelectorAll("button, a[href], input, textarea, [role=dialog], [role=tab]")]
  .filter((e) => e.offsetParent !== null && getComputedStyle(e).visibility !== "hidden")
  .filter((e) => !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.innerText?.trim()
    || e.labels?.length || e.title || e.querySelector("img[alt]:not([alt=''])")))
  .map((e) => e.outerHTML.slice(0, 160))"""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
# Words whose contrast with what is behind them is under 4.5 (WCAG AA; 3 for large ones); gradients are left out.
PALE = """() => {
  const parts = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return null;
      const c = parts(style.backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
      if (c[3] > 0) return null;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.offsetParent || e.closest("[inert], .emoji, :disabled")) continue;
    const style = getComputedStyle(e);
    const ground = behind(e);
    if (!ground || style.visibility === "hidden") continue;
    const [one, two] = [light(parts(style.color)), light(ground)];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all these tests."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path, browser: Browser) -> Iterator[Slack]:
    """The sandbox with the sample company and its past, and the app listening in it."""
    with whole_house(sqlite_database(tmp_path_factory.mktemp("page"), migrated_file)) as screen:
        yield screen


@pytest.fixture
def open_page(browser: Browser, slack: Slack) -> Iterator[Open]:
    """Opens windows; at the end none of them may have had anything to complain of."""
    windows: list[Window] = []

    def go(size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> Window:
        windows.append(Window(browser, slack.url, size, dark=dark))
        return windows[-1]

    yield go
    complaints = [words for window in windows for words in window.complaints]
    for window in windows:
        window.close()
    assert complaints == []


def check_looks(window: Window) -> None:
    """Names on everything, nothing wider than the screen, words that can be read."""
    assert window.page.evaluate(NAMELESS) == []
    assert window.page.evaluate(WIDER) <= 0
    assert window.page.evaluate(PALE) == []


def test_the_whole_loop(open_page: Open) -> None:
    here = open_page()
    check_looks(here)
    here.by("welcome-choose").click()
    here.by(f"person-{DRE}").click()

    # the rep says it, edits it, takes it back, and says it again
    here.open("app")
    here.by("messages-tab").click()
    here.type("/asset-feedback spine deck 4 surgeons loved the lattice")
    receipt = here.message("surgeons loved the lattice")
    expect(receipt).to_contain_text("Only visible to you")
    expect(receipt).to_contain_text("4 of 5")
    here.press("Edit")
    here.by("modal").get_by_label("What did the customer say").fill("surgeons loved every lattice")
    check_looks(here)
    here.by("modal-submit").click()
    here.by("modal").wait_for(state="detached")
    here.message("surgeons loved every lattice")
    here.press("Undo")
    here.type("/asset-feedback spine deck 2 they wanted newer data")
    here.message("they wanted newer data")

    # its owner reads it and answers
    here.become(INES)
    here.message("they wanted newer data")
    here.press("Reply")
    words = here.by("modal").locator("textarea")
    words.fill("New data comes in January.")
    here.by("modal-submit").click()
    expect(here.by("modal")).to_contain_text("on its way")
    here.press("Close")
    here.by("modal").wait_for(state="detached")

    # the rep hears of it
    here.become(DRE)
    here.message("New data comes in January.")
    check_looks(here)

    # and on Monday marketing reads the week
    here.become(INES)
    here.by("clock").click()
    here.by("clock-monday").click()
    digest = here.message("Your week")
    expect(digest).to_contain_text("What needs you")
    check_looks(here)
    here.by("home-tab").click()
    expect(here.by("home")).to_contain_text("Ines")
    check_looks(here)


def test_by_keyboard_alone(open_page: Open, slack: Slack) -> None:
    here = open_page()
    keys = here.page.keyboard
    keys.press("Escape")  # nobody is chosen yet, so the welcome stays
    expect(here.by("welcome")).to_be_visible()
    here.by("welcome-choose").press("Enter")
    expect(here.by("person-search")).to_be_focused()
    keys.type("dre holl")
    keys.press("Enter")
    here.by("composer").focus()

    # suggestions: arrows, Enter takes, Escape closes
    keys.type("/asset")
    expect(here.by("suggestions")).to_contain_text("/asset-feedback")
    keys.press("Escape")
    expect(here.by("suggestions")).to_have_count(0)
    keys.type("-f")
    keys.press("Enter")
    expect(here.by("composer")).to_have_value("/asset-feedback ")
    keys.press("Enter")

    # the form holds the keyboard, type-ahead works, and Escape gives the keyboard back
    modal = here.by("modal")
    expect(modal).to_be_visible()
    keys.type("lumen")
    here.page.get_by_role("option").first.wait_for()
    keys.press("Enter")
    expect(modal.get_by_label("Asset", exact=True)).to_have_value("Lumenary Plan Live Demo Deck")
    for _ in range(25):
        keys.press("Tab")
        assert here.page.evaluate("!!document.activeElement.closest('.dialog')")
    keys.press("Escape")
    modal.wait_for(state="detached")
    assert here.focus() == "composer"

    # a message, its reaction taken back, a reply in its thread
    here.open("general")
    here.type("Good morning *all*")
    said = here.message("Good morning all")
    said.get_by_label("React with +1").press("Enter")
    said.locator("[data-reaction='+1']").press("Enter")
    expect(said.locator("[data-reaction]")).to_have_count(0)
    said.get_by_test_id("reply").press("Enter")
    here.by("thread-composer").focus()
    keys.type("and good luck")
    keys.press("Enter")
    expect(here.by("thread-panel")).to_contain_text("and good luck")
    keys.press("Escape")
    expect(here.by("thread-panel")).to_have_count(0)

    # the message shortcut, with the message quoted
    said.get_by_test_id("more-actions").press("Enter")
    here.by("shortcut-feedback.send_to_marketing").press("Enter")
    expect(modal).to_contain_text("Good morning")
    keys.press("Escape")
    modal.wait_for(state="detached")

    # what the app does not know stays where it was typed
    here.type("/nothing at all")
    expect(here.by("toast")).to_contain_text("/nothing is not a valid command.")
    expect(here.by("composer")).to_have_value("/nothing at all")


def test_on_a_phone_in_the_dark(open_page: Open, slack: Slack) -> None:
    here = open_page(PHONE, dark=True)
    check_looks(here)
    here.by("welcome-rep").tap()
    expect(here.by("composer")).to_be_focused()
    check_looks(here)
    here.page.keyboard.press("Enter")
    here.message("Thank you")
    here.type("/asset-feedback ")
    expect(here.by("modal")).to_be_visible()
    check_looks(here)
    here.by("modal-submit").tap()  # nothing is filled in
    expect(here.by("modal")).to_contain_text("Please complete this required field.")
    check_looks(here)
    here.by("modal-x").tap()
    here.by("drawer").tap()
    check_looks(here)
    here.by("channel-launches").tap()
    expect(here.page.locator("h1")).to_contain_text("launches")
    posted = here.by("message").last.get_attribute("data-ts")
    channel = next(one["id"] for one in slack.get("see", user=DRE)["conversations"] if one["name"] == "launches")
    here.page.goto(f"{slack.url}/archives/{channel}/p{str(posted).replace('.', '')}")
    expect(here.page.locator(".message.flash")).to_be_visible()
    here.complaints[:] = [one for one in here.complaints if "ERR_ABORTED" not in one]  # the stream of the page we left
    check_looks(here)


def test_a_pulse_from_one_line_to_what_was_done(open_page: Open, slack: Slack) -> None:
    gudrun = slack.person("Gudrun Eslinghofer")
    people = [one for one in slack.get("people")["people"] if one["role"] == "rep" and one["region"] == "DACH"]

    # the manager asks, after one look
    here = open_page(PHONE)
    here.by("welcome-choose").tap()
    here.by(f"person-{gudrun.id}").tap()
    here.open("sales-dach")
    here.type('/pulse "Is the new price sheet usable?" Yes | No | Not seen')
    expect(here.by("modal")).to_contain_text("will be asked")
    check_looks(here)
    here.by("modal-submit").tap()
    here.by("modal-x").click(timeout=8000)
    asked = here.message("Is the new price sheet usable?")
    expect(asked).to_contain_text("Confidential")
    check_looks(here)

    # her people answer in one tap
    for one in people[:6]:
        person = slack.person(one["name"])
        person.click("Yes", person.reads("Is the new price sheet usable?", "#sales-dach"))
    slack.jump(by_seconds=25 * 3600)

    # the results arrive, and she says what was done
    here.open("app")
    here.by("messages-tab").tap()
    told = here.message("The results of your pulse are in")
    expect(told).to_contain_text("6 of 7 people answered")
    expect(told.locator("img[alt^='Is the new price sheet usable?']")).to_be_visible()
    check_looks(here)
    here.press("Say what was done")
    here.by("modal").locator("textarea").fill("It has one page now.")
    check_looks(here)
    here.by("modal-submit").tap()
    expect(here.by("modal")).to_contain_text("on its way to those who were asked")
    here.by("modal-x").tap()
    here.by("home-tab").tap()
    expect(here.by("home")).to_contain_text("Your pulses")
    check_looks(here)
    slack.person(people[0]["name"]).reads("It has one page now.")
