"""The library through the front door: look, find, add, edit, bring in lists, release, retire, and what goes wrong."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.access import NOT_FOUND
from storage import people
from storage.asset import AssetVersion
from storage.db import Database
from storage.feedback import Feedback
from tests.slack import Message, Person, Slack, wait_until

REP, OWNER, MARKETER = "Dre Hollowell", "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
DECK = "Corvane Surgeon Deck"
HEADER = "reference,version,title,kind,url"
GOOD = "MLR-2026-0900,v1,Tumble Test Poster,poster,https://assets.meridian.example/tumble/v1"
NEW = {
    "reference": "MLR-2026-0901", "version": "v1", "title": "Tumble Test Brief", "kind": "one-pager",
    "link": "https://assets.meridian.example/tumble-brief/v1",
}  # fmt: skip


@pytest.fixture
def company(newcomers: Path) -> Path:
    """With assets that have expired, or soon will."""
    return newcomers


def private(person: Person, text: str) -> Message:
    return person.finds(lambda message: message.is_ephemeral and text in message.text, f"in private: {text}")


def add(person: Person, **fields: str) -> Message:
    """Add an asset with the form; gives the receipt."""
    assert person.command("/asset add") == ""
    assert person.submit(**(NEW | fields)) == {}
    return person.reads("is in the library", "app")


def release(person: Person, words: str, channel_id: str = "C3LNCH8Q5", note: str = "") -> Message:
    """Release an asset in a channel; gives the receipt."""
    assert person.command(f"/asset release {words}") == ""
    assert person.submit(channels=[channel_id], note=note) == {}
    return person.reads("is released.", "app")


def versions(company_url: str, title: str) -> dict[str, AssetVersion]:
    db = Database(company_url)
    with db.read() as session:
        rows = session.exec(select(AssetVersion).where(AssetVersion.title == title, AssetVersion.team_id != "T0OTHER"))
        found = {row.version: row for row in rows}
    db.close()
    return found


def uses(company_url: str, person: Person) -> int:
    """How often this person has said that they used something."""
    db = Database(company_url)
    with db.read() as session:
        said = session.exec(select(Feedback).where(Feedback.user_id == person.id))
        found = sum(row.use == "used_with_customer" for row in said)
    db.close()
    return found


# look


SEARCHES = [
    ("osteointegration", "Osseointegration"),
    ("0118", DECK),
    ("the yellow sheet", ""),
    ("", "Lumenary 90-Second"),
]


def test_the_library_has_pages_and_a_search(slack: Slack) -> None:
    dre = slack.person(REP)
    assert dre.command("/asset") == ""
    assert "28 assets to use, page 1 of 2." in dre.modal
    assert "Add an asset" not in dre.modal
    dre.click("Next")
    wait_until(lambda: "page 2 of 2" in dre.modal, "the second page")
    dre.click("Previous")
    wait_until(lambda: "page 1 of 2" in dre.modal, "the first page")
    assert dre.type_ahead("asset.look_up", "corvain surgon dek") == [DECK]
    for typed, first in SEARCHES:
        offered = dre.type_ahead("asset.look_up", typed)
        assert (offered[0] if offered else "").startswith(first), typed
        assert "Aquivo Quiet Ward Ad Set" not in offered  # expired
    dre.choose("asset.look_up", dre.pick("asset.look_up", "osseo"))
    wait_until(lambda: "Osseointegration" in dre.modal and "Give feedback" in dre.modal, "the card")


def test_a_list_of_all_and_of_what_fits(slack: Slack) -> None:
    dre = slack.person(REP)
    listed = dre.command("/asset list")
    assert listed.startswith("28 assets:")
    fitting = dre.command("/asset list lumi")
    assert "Lumenary 90-Second Explainer* v2" in fitting
    assert DECK not in fitting
    assert "Nothing in the library fits “xyzzy”" in dre.command("/asset list xyzzy")


def test_one_asset_is_shown_and_an_old_name_leads_to_the_current_one(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command("/asset show corvane deck")
    for fact in (DECK, "v3", "MLR-2026-0118", "Ines Carvalho-Wick", "19 Aug 2027", "Also known as", "cage deck"):
        assert fact in said
    assert "Retire" not in said
    assert "Retire" in slack.person(OWNER).command("/asset show corvane deck")
    for words in ("corvane deck v1", "MLR-2026-0118 v2"):
        said = dre.command(f"/asset show {words}")
        assert "v3 is current." in said
        assert "I used it" in said
    said = dre.command("/asset show quiet ward")
    assert "expired on 31 Oct 2026, and nothing has taken its place yet. Ask Radomir Pellsky" in said
    assert "I used it" not in said


def test_what_fits_several_is_asked_and_what_fits_none_is_told(slack: Slack) -> None:
    dre = slack.person(REP)
    assert "Which one do you mean by “whitepaper”?" in dre.command("/asset show whitepaper")
    dre.click("Show")
    shown = dre.finds(lambda message: "Give feedback" in message.buttons, "the card")
    assert "Osseointegration" in shown.text
    assert "Did you mean one of these?" in dre.command("/asset show corvain surgon dek")
    assert "I know no asset called “xyzzy”." in dre.command("/asset show xyzzy")
    assert "Which one?" in dre.command("/asset show")


def test_whatever_is_typed_is_answered_and_obeyed_by_nobody(slack: Slack) -> None:
    dre = slack.person(REP)
    for typed in ("<!channel> <@U12345678>", "\u202egnirts", "🔥🔥", "a" * 4000, "show <https://x.example|y>"):
        said = dre.command(f"/asset {typed}")
        assert "<!channel>" not in said
        assert len(said) < 3_000
        assert "know" in said


def test_keeping_assets_is_for_marketing(slack: Slack) -> None:
    dre = slack.person(REP)
    for word in ("add", "import", "edit corvane deck", "release corvane deck", "retire corvane deck"):
        assert "is for marketing. You can look: `/asset list`." in dre.command(f"/asset {word}")
        assert dre.modal == ""


# add and edit


def test_a_new_asset_is_a_draft_until_it_is_released(slack: Slack) -> None:
    priya, dre = slack.person(MARKETER), slack.person(REP)
    receipt = add(priya, aliases="tumble, cage <!here>", review_days="12", expires_on="2027-11-30")
    for fact in ("It is a draft", "Tumble Test Brief", "MLR-2026-0901", "Priya Rangaraj-Cole", "12", "30 Nov 2027"):
        assert fact in receipt.text
    assert "I know no asset called" in dre.command("/asset show tumble")
    assert "draft" in priya.command("/asset show tumble")
    priya.command("/asset")
    assert "Tumble Test Brief" in priya.modal


def test_the_same_reference_and_version_is_refused_and_the_form_keeps_its_words(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    priya.command("/asset add")
    wrong = priya.submit(**(NEW | {"reference": "mlr-2026-0118", "version": "V3"}))
    assert "v3 of mlr-2026-0118 is in the library already. Is this the next version?" in wrong["version"]
    assert priya.fields["title"] == NEW["title"]
    assert priya.submit(reference="MLR-2026-0118", version="v4") == {}
    assert "v4" in priya.reads("is in the library", "app").text


WRONG = [
    ("link", "https://x.example|evil", "A link begins with https://"),
    ("reference", "\u202e \x07", "Which document number"),
    ("expires_on", "2026-11-22", "That day is over"),
    ("released_on", "2026-11-24", "That day has not come yet"),
]


def test_a_wrong_field_is_named_in_the_form(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    for field, typed, sentence in WRONG:
        priya.command("/asset add")
        wrong = priya.submit(**(NEW | {field: typed}))
        assert list(wrong) == [field]
        assert sentence in wrong[field]
        assert priya.fields["title"] == NEW["title"]
    assert "I know no asset called" in priya.command("/asset show MLR-2026-0901")


def test_an_edit_changes_what_is_shown_and_found(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    priya.command("/asset edit corvane deck")
    assert priya.fields["title"] == DECK
    assert priya.submit(title="Corvane Lattice Story", aliases="lattice story") == {}
    assert "is saved" in priya.reads("Corvane Lattice Story", "app").text
    assert "Corvane Lattice Story" in slack.person(REP).command("/asset show lattice story")
    priya.command("/asset edit lattice story")  # what is out cannot become a draft
    assert "It is out already" in priya.submit(released_on=None)["released_on"]


def test_an_old_versions_name_changes_nothing_by_mistake(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    for word in ("edit", "retire", "release"):
        said = priya.command(f"/asset {word} corvane deck v1")
        assert priya.modal == ""
        assert "v3" in said
        assert "Retire Corvane" not in said


# lists


def bring(person: Person, *lines: str, keep: str = "good") -> dict[str, str]:
    person.command("/asset import")
    return person.submit(csv="\n".join([HEADER, *lines]), keep=keep)


BROKEN = (
    GOOD,
    "MLR-2026-0118,v3,Copy,deck,https://assets.meridian.example/copy",
    "MLR-2026-0903,v1,,deck,https://assets.meridian.example/untitled",
    'MLR-2026-0904,v1,"Open,deck,https://assets.meridian.example/open',
)


def test_bad_lines_are_each_named_and_wait_to_be_mended(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    assert bring(priya, *BROKEN) == {}
    for told in (
        "1 asset version is in the library now.",
        "Line 3: v3 of MLR-2026-0118 is in the library already.",
        "Line 4: title: What is it called?",
        "Line 5: A quotation mark in it is not closed.",
    ):
        assert told in priya.modal
    assert priya.fields["csv"] == "\n".join([HEADER, *BROKEN[1:]])
    mended = BROKEN[2].replace(",,", ",Titled,")
    assert priya.submit(csv=f"{HEADER}\n{mended}") == {}
    assert "1 asset version is in the library now." in priya.modal
    assert "Titled" in priya.command("/asset show MLR-2026-0903")
    assert bring(priya, GOOD.replace("0900", "0902").replace("Poster", "Print"), GOOD.replace("0900", "0905")) == {}
    assert "2 asset versions are in the library now." in priya.modal
    assert "Tumble Test Print" in priya.command("/asset show MLR-2026-0902")


def test_a_list_with_a_newer_version_closes_the_announcement_of_the_one_before(slack: Slack) -> None:
    priya, dre = slack.person(MARKETER), slack.person(REP)
    add(priya)
    release(priya, "tumble test brief")
    told = dre.reads("Tumble Test Brief", "#launches")
    priya.command("/asset import")
    newer = "MLR-2026-0901,v2,Tumble Test Brief,one-pager,https://assets.meridian.example/tumble-brief/v2,2026-11-23"
    assert priya.submit(csv=f"{HEADER},released_at\n{newer}", keep="good") == {}
    closed = dre.finds(lambda m: m.ts == told.ts and "has been replaced" in m.text, "the closed one", "#launches")
    assert closed.buttons == ["Show v2"]


def test_what_is_no_list_is_told_and_all_or_nothing_takes_nothing(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    for pasted in ("nonsense", "\x00", "🔥", "reference,version\nA,v1", f"{HEADER}\n"):
        priya.command("/asset import")
        assert priya.submit(csv=pasted, keep="good")["csv"].startswith("Line ") or "Please" in priya.modal
    wrong = bring(priya, *BROKEN, keep="all")
    for line in ("Line 3:", "Line 4:", "Line 5:"):
        assert line in wrong["csv"]
    assert priya.fields["csv"] == "\n".join([HEADER, *BROKEN])
    assert "I know no asset called" in priya.command("/asset show MLR-2026-0900")


# release and retire


def test_a_release_is_announced_with_its_buttons_and_supersedes(slack: Slack, company_url: str) -> None:
    priya, dre = slack.person(MARKETER), slack.person(REP)
    release(priya, "corvane deck", note="Same deck, once more")
    first = dre.reads("Same deck, once more", "#launches")
    assert first.buttons == ["Open", "I used it", "Give feedback", "Couldn't use it"]
    add(priya, reference="MLR-2026-0118", version="v4", title=DECK)
    release(priya, "corvane deck", "C7GEN4RA1", note="Now with <!channel> the tumble test")
    priya.reads("It replaces v3, whose feedback stays with it.", "app")
    told = dre.reads("tumble test", "#general")
    assert "<!channel>" not in str(told.raw)
    closed = dre.finds(lambda m: m.ts == first.ts and "has been replaced" in m.text, "the closed one", "#launches")
    assert closed.buttons == ["Show v4"]
    dre.click("Show v4", closed)
    private(dre, "I used it")
    dre.click("I used it", told)
    assert "v4" in private(dre, "Thank you, that is recorded.").text
    dre.click("I used it", told)  # once more
    slack.settle()
    assert uses(company_url, dre) == 1
    dre.click("Give feedback", told)
    chosen = dre.fields["asset"]
    assert dre.submit(said="The lattice story lands") == {}
    assert "v4" in dre.reads("The lattice story lands", "app").text
    dre.click("Couldn't use it", told)
    assert "What was in the way?" in dre.modal
    found = versions(company_url, DECK)
    assert found["v3"].superseded_at
    assert found["v4"].released_at
    assert chosen == str(found["v4"].id)
    assert "v4" in dre.command("/asset-feedback corvane deck 4 fine")


def test_announcing_twice_in_a_channel_is_once(slack: Slack) -> None:
    priya, dre = slack.person(MARKETER), slack.person(REP)
    for _ in range(2):
        release(priya, "corvane deck", note="The lattice deck")
    assert "before, so I left that as it is." in priya.reads("It was announced in", "app").text
    slack.settle()
    assert sum("The lattice deck" in message.text for message in dre.messages("#launches")) == 1


def test_an_announcement_of_what_is_out_needs_a_channel_and_a_release_does_not(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    add(priya)
    assert priya.command("/asset release tumble test brief") == ""
    assert priya.submit() == {}
    priya.reads("is released.", "app")
    priya.command("/asset release tumble test brief")
    with pytest.raises(AssertionError, match="missing_inputs"):
        priya.submit()
    assert "expired on 31 Oct 2026" in priya.command("/asset release quiet ward")


def test_a_note_that_may_be_a_complaint_is_not_posted(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    priya.command("/asset release corvane deck")
    injury = "the patient was injured by the cage and had to be operated on again"
    assert "can't post them" in priya.submit(channels=["C3LNCH8Q5"], note=injury)["note"]
    slack.person(REP).sees_nothing_of("had to be operated on")


def test_a_refusal_is_told_to_whoever_released(slack: Slack) -> None:
    priya = slack.person(MARKETER)
    release(priya, "corvane deck", "C2RND0M44")  # where the app is no member
    slack.settle()
    slack.jump(by_seconds=60)
    told = priya.reads("I couldn't announce", "app")
    assert "invite me there with `/invite @Groundswell`" in told.text
    assert told.buttons == ["Release it there again"]
    slack.jump(by_seconds=600)
    slack.settle()
    assert sum("I couldn't announce" in message.text for message in priya.messages("app")) == 1


def test_retire_asks_first_and_can_be_undone(slack: Slack) -> None:
    priya, dre = slack.person(MARKETER), slack.person(REP)
    release(priya, "corvane deck")
    announced = dre.reads(DECK, "#launches")
    dre.command("/asset show corvane deck")
    card = private(dre, DECK)
    assert "Nobody is offered it any more" in priya.command("/asset retire corvane deck")
    priya.click("Leave it")
    private(priya, "stays as it is.")
    priya.command("/asset retire corvane deck")
    priya.click("Retire it")
    receipt = priya.reads("is retired. Nobody is offered it any more", "app")
    dre.finds(lambda m: m.ts == announced.ts and "has been retired" in m.text, "the closed one", "#launches")
    assert DECK not in dre.command("/asset list corvane")
    assert "has been retired" in dre.command("/asset show corvane deck")
    for label in ("I used it", "Give feedback", "Couldn't use it"):  # still on somebody's screen
        dre.click(label, card)
        assert "has been retired" in (dre.modal or private(dre, "has been retired").text)
    priya.click("Undo", receipt)
    priya.reads("is back in the library.", "app")
    again = dre.finds(lambda m: m.ts == announced.ts and "is out." in m.text, "the reopened one", "#launches")
    assert "I used it" in again.buttons
    assert DECK in dre.command("/asset list corvane")


def test_feedback_on_what_nobody_should_use_keeps_its_words(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command("/asset-feedback quiet ward 2 the owl scares the ward")
    assert "expired" in said
    assert "the owl scares the ward" in said


def test_the_buttons_of_keepers_do_nothing_for_a_rep(slack: Slack, company_url: str) -> None:
    priya = slack.person(MARKETER)
    priya.command("/asset show corvane deck")
    card = private(priya, DECK)
    db = Database(company_url)
    with db.begin() as session:
        team_id = versions(company_url, DECK)["v3"].team_id
        people.record_roles(session, team_id=team_id, user_id=priya.id, roles=frozenset({"rep"}))
    db.close()
    for label in ("Edit", "Announce", "Retire"):
        priya.click(label, card)
        assert priya.modal == ""
        private(priya, NOT_FOUND)
    assert DECK in slack.person(REP).command("/asset list corvane")


def test_another_workspaces_asset_is_not_there(slack: Slack, company_url: str) -> None:
    priya = slack.person(MARKETER)
    priya.command("/asset show corvane deck")
    card = private(priya, DECK)
    db = Database(company_url)
    with db.begin() as session:  # the card that Priya sees now names another workspace's version
        for row in session.exec(select(AssetVersion).where(col(AssetVersion.title) == DECK)):
            row.team_id = "T0OTHER"
            session.add(row)
    db.close()
    priya.click("Edit", card)
    private(priya, NOT_FOUND)


def test_todays_date_is_taken_wherever_it_is_today_already(slack: Slack) -> None:
    slack.jump(to="2026-11-23T22:00:00Z")  # Tuesday 07:00 in Tokyo
    hana = slack.person("Hana Mizushiro")
    add(hana, released_on="2026-11-24")
    assert "24 Nov 2026" in hana.command("/asset show tumble test brief")
