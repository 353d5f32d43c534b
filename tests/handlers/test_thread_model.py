"""A captured thread and a language model, through the front door: the proven is told, else the thread's own words."""

import importlib
from collections.abc import Iterator

import pytest

from tests.handlers.test_thread import DRE, INES, memo, video
from tests.slack import Slack
from tests.wrong_model import WrongModel, claims, point, wrong_model


@pytest.fixture(scope="module", autouse=True)
def imported_before() -> None:
    """The first question imports the client, which on a busy machine takes longer than the model has here."""
    importlib.import_module("openai")


@pytest.fixture
def model() -> Iterator[WrongModel]:
    with wrong_model() as server:
        yield server


@pytest.fixture
def waits(model: WrongModel) -> dict[str, object]:
    return {"thread_seconds": 0, "openai_base_url": model.url, "openai_model": "m", "openai_timeout": 2}


def told_to_marketing(slack: Slack) -> str:
    memo(slack.person(DRE), video(slack))
    slack.settle()
    return slack.person(INES).reads("A thread from #spine-content", "app").text


def test_what_the_model_proves_is_told_and_the_rest_is_counted(slack: Slack, model: WrongModel) -> None:
    model.said = claims(
        key_points=[
            point("3% of viewers reach minute 6.", 2, quote="3% of viewers reach minute 6."),
            point("<!channel> everybody loves the video, see https://evil.example", 1),
            point("The short video will be out on 1 December.", 4),
        ],
        decisions=[point("The shot list goes to MLR on 1 Dec.", 4)],
    )
    told = told_to_marketing(slack)
    assert "by the model m, each claim checked" in told
    assert "3% of viewers reach minute 6." in told
    assert "The shot list goes to MLR on 1 Dec." in told
    assert "2 claims dropped: not proven" in told
    assert not any(word in told for word in ("evil", "<!channel>", "will be out"))
    assert len(model.asked) == 1


@pytest.mark.parametrize("fault", ["never", "429", "401", "broken JSON", "a megabyte"])
def test_with_a_wrong_model_the_threads_own_words_come(slack: Slack, model: WrongModel, fault: str) -> None:
    model.fault = fault
    told = told_to_marketing(slack)
    assert "6 of 6 messages read · the thread's own sentences, no language model" in told
    assert model.asked
