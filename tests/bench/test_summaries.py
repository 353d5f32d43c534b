"""The bench of summaries: its figures on the sample threads, and that it sees what is wrong."""

import json
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench import summaries, summary_weights
from bench.summary_gold import Measuring, Sample, read_samples
from bot.domain.summary import Point, Summary
from bot.domain.summary_extract import LINES, extract
from bot.themes import likeness


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return read_samples(summaries.COMPANY / "threads", summaries.COMPANY / "people.csv")


def test_the_figures_are_reached_on_the_sample_threads(samples: list[Sample]) -> None:
    scores = summaries.measure(samples, lambda thread: extract(thread, likeness))
    assert summaries.is_reached(scores)
    assert [score.false for score in scores] == [[]] * 12
    screen = StringIO()
    summaries.show(scores, "extractive", Console(file=screen, width=150), in_full=True)
    assert "05_lumenary5_launch_long" in screen.getvalue()


def test_the_weights_hold_on_threads_that_they_were_not_fitted_to() -> None:
    folders = summary_weights.FOLDERS
    samples = [one for folder in folders for one in read_samples(folder, summaries.COMPANY / "people.csv")]
    scores = summary_weights.crossed(samples, folds=3)
    assert len(scores) == 73
    assert summaries.share(scores, lambda one: one.decisions) >= 0.70
    assert summaries.share(scores, lambda one: one.key_points) >= 0.75
    assert summaries.share(scores, lambda one: one.told_decisions) >= 0.48
    assert summaries.share(scores, lambda one: one.dissent) >= 0.55
    assert summaries.share(scores, lambda one: one.questions) >= 0.45
    assert sum(len(one.false) for one in scores) <= 9
    assert not any(one.unverifiable for one in scores)
    assert max(one.lines for one in scores) <= LINES


def test_what_is_false_invented_or_missing_is_seen(samples: list[Sample]) -> None:
    sample = next(one for one in samples if one.name.startswith("05"))
    ts = sample.thread.messages[0].ts
    score = Measuring(sample, Summary(key_points=(Point("Launch is on 19 January 2027.", (ts,)),))).score(2)
    assert score.false == ["Launch is on 19 January. <- Launch is on 19 January 2027."]
    assert score.unverifiable == ["Launch is on 19 January 2027."]
    assert (score.key_points, score.decisions, score.dissent) == ((0, 8), (0, 6), (0, 1))
    assert len(score.missed) == 8 + 6 + 2 + 3 + 1
    assert not summaries.is_reached([score])
    modelled = Summary(
        decisions=(Point("The congress costs 77k and the moon is made of green cheese.", (ts,)),),
        open_questions=(Point("Planned date", ("1.2",)), Point("Planned date", (ts,), "Planned for May")),
        made_by="m",
    )
    assert len(Measuring(sample, modelled).score(2).unverifiable) == 3


def test_a_gold_point_is_found_by_its_messages_and_words(samples: list[Sample]) -> None:
    sample = next(one for one in samples if one.name.startswith("10"))
    gold = sample.gold["key_points"][0]
    said = Point("Tender pack expires 15 Dec, the Northern Rivers tender closes 18 Dec.", tuple(gold["ts"]))
    assert Measuring(sample, Summary()).is_found(gold, [said])
    assert not Measuring(sample, Summary()).is_found(gold, [replace(said, ts=(sample.thread.messages[3].ts,))])
    assert not Measuring(sample, Summary()).is_found(gold, [replace(said, text="Three days of nothing")])


def test_other_threads_and_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = [
        {"ts": "1.1", "user": "U1", "text": "The booth costs 42k and holds 30 people."},
        {"ts": "1.2", "user": None, "text": None},
        {"ts": "1.3", "user": "U2", "text": "Decision: we take the booth by 4 May."},
    ]
    point = {"text": "The booth is taken by 4 May.", "ts": ["1.3"]}
    gold = {
        "key_points": [{"text": "The booth costs 42k.", "ts": ["1.1"]}],
        "decisions": [point],
        "strongest_dissent": None,
    }
    (tmp_path / "a.b.json").write_text(json.dumps({"messages": messages}), encoding="utf-8")
    (tmp_path / "a.b.gold.json").write_text(json.dumps(gold), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["summaries", "--threads", str(tmp_path)])
    assert summaries.main() == 0
    assert "1/1" in capsys.readouterr().out
    (tmp_path / "a.b.gold.json").unlink()
    assert summaries.main() == 2
    (tmp_path / "a.b.json").unlink()
    assert summaries.main() == 2
