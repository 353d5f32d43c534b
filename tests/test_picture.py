"""Pictures by their numbers and as images: what they may hold and say, in any script, and what a start pays."""

import json
import math
import struct
import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.drawing import draw
from bot.picture import (
    BarRow,
    BarsPicture,
    Goal,
    IntervalPicture,
    IntervalRow,
    Picture,
    ScalePicture,
    WeeksPicture,
    from_json,
)
from bot.sheet import WIDTH

ROW = IntervalRow("Used it", 0.045, 0.125, 0.31, "3 of 24")
GOAL = Goal(0.2, "Goal 20 %")
LONG = "The Lumenary planning deck for hospital procurement committees, second edition with the addendum on prices " * 3
SCRIPTS = (
    "脊椎ホワイトペーパー", "عرض الجراح كورفان", "हिन्दी प्रस्तुति", "Δοκιμή Привет café", "$x^2$ \\frac", "👩‍👩‍👧 🎉",
    "e\u0301" * 90, "\U0010ffff\u0378", "x" * 400, "", " ",
)  # fmt: skip


def height_of(png: bytes) -> int:
    width, height = struct.unpack(">II", png[16:24])
    assert width == WIDTH
    return int(height)


def intervals(*labels: str, goal: Goal | None = GOAL) -> IntervalPicture:
    return IntervalPicture("Use", tuple(IntervalRow(label, 0.1, 0.2, 0.4, "2 of 10") for label in labels), goal)


LIKELY = BarRow("Yes", 21, 30, (0.52, 0.83))
WEEKS = WeeksPicture("Uses by week", (0, 3, 1200, 9), "week of 2 Nov", "week of 23 Nov")
SCALE = ScalePicture("How useful was it?", 1, (0, 3, 1200, 9, 1), 3.2)
PICTURES = (
    intervals("US", "DACH"), intervals("US", goal=None), BarsPicture("Why not", (BarRow("Not found", 3, 7),)),
    BarsPicture("Usable?", (LIKELY, BarRow("No", 9, 30))), SCALE, WEEKS,
)  # fmt: skip


@pytest.mark.parametrize("shown", PICTURES)
def test_it_is_the_same_after_json(shown: Picture) -> None:
    assert from_json(json.loads(json.dumps(shown.to_json()))) == shown


def test_its_words_have_all_its_numbers() -> None:
    told = IntervalPicture("Spine deck v3", (ROW,), GOAL).alt_text
    assert told == "Spine deck v3. Used it: 3 of 24, likely 4 to 31 %. Goal 20 %."
    bars = BarsPicture("Why not?", (BarRow("Not found", 1200, 3000), BarRow("Not\nknown", 0, 0)))
    assert bars.alt_text == "Why not? Not found: 1,200 of 3,000. Not known: 0 of 0."


def test_the_words_of_bars_and_scales_have_all_their_numbers() -> None:
    assert BarsPicture("Usable?", (LIKELY,)).alt_text == "Usable? Yes: 21 of 30, likely 52 to 83 %."
    assert WEEKS.alt_text == "Uses by week. From week of 2 Nov to week of 23 Nov: 0, 3, 1,200, 9."
    assert SCALE.alt_text == "How useful was it? 1: 0, 2: 3, 3: 1,200, 4: 9, 5: 1. Mean 3.2 of 1,213 answers."


def test_its_words_keep_slacks_limit_and_are_never_empty() -> None:
    assert len(intervals(*[LONG] * 12).alt_text) == 2000
    assert BarsPicture("", (BarRow("", 0, 0),)).alt_text.strip()


@pytest.mark.parametrize(
    "numbers",
    [(-0.1, 0.1, 0.2), (0.2, 0.1, 0.3), (0.1, 0.4, 0.3), (0.1, 0.2, 1.1), (0.1, math.nan, 0.3), (0.1, 0.2, math.inf)],
)  # fmt: skip
def test_an_interval_out_of_order_is_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="interval"):
        IntervalRow("x", *numbers, "x")


@pytest.mark.parametrize("numbers", [(-1, 3), (4, 3)])
def test_more_than_all_is_refused(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="bar"):
        BarRow("x", *numbers)


@pytest.mark.parametrize("likely", [(0.8, 0.9), (0.1, 0.2), (-0.1, 0.9), (0.5, 1.1), (math.nan, 1.0)])
def test_a_bar_outside_of_what_is_likely_is_refused(likely: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="interval"):
        BarRow("x", 21, 30, likely)


@pytest.mark.parametrize(
    ("counts", "mean"), [((), 1.0), ((1,) * 13, 1.0), ((-1, 3), 1.0), ((1, 1), 0.9), ((1, 1), 2.1)]
)
def test_what_is_no_scale_is_refused(counts: tuple[int, ...], mean: float) -> None:
    with pytest.raises(ValueError, match=r"scale|1 to 12 rows"):
        ScalePicture("x", 1, counts, mean)


@pytest.mark.parametrize("hits", [0, 7, 1999, 123_456])
def test_a_scale_has_room_for_its_numbers(hits: int) -> None:
    """What stands beside the columns is card alone: nothing runs over the edge."""
    drawn = Image.open(BytesIO(draw(ScalePicture("x", 0, (hits,) * 11, 5.0)))).convert("RGB")
    sides = {drawn.getpixel((x, y)) for x in (8, WIDTH - 9) for y in range(10, drawn.height - 10)}
    assert len(sides) == 1
    assert 300 < drawn.height < 440


@pytest.mark.parametrize("rows", [0, 13])
def test_no_row_or_too_many_are_refused(rows: int) -> None:
    with pytest.raises(ValueError, match="1 to 12 rows"):
        intervals(*["x"] * rows)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"kind": "cake"},
        {"kind": "bars"},
        {"kind": "bars", "title": "x", "rows": [{"label": "x"}]},
        {"kind": None},
        {"kind": "scale", "title": "x", "first": 1, "counts": 3, "mean": 1},
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="picture"):
        from_json(told)


def test_each_row_takes_its_room() -> None:
    heights = [height_of(draw(intervals(*["US"] * rows))) for rows in (1, 2, 5)]
    assert heights[1] - heights[0] > 80
    assert heights[2] - heights[0] == 4 * (heights[1] - heights[0])


@pytest.mark.parametrize("words", SCRIPTS)
def test_every_script_is_drawn_without_a_warning(words: str) -> None:
    """A warning would be an error here; a long label takes three lines at most."""
    row = IntervalRow(words, 0.0, 0.0, 0.16, words[:40])
    assert height_of(draw(IntervalPicture(words, (row,), Goal(0.0, words)))) < 600
    assert height_of(draw(BarsPicture(words, (BarRow(words, 3, 3), BarRow(words, 0, 0))))) < 700


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_ends_of_the_scale_are_inside_the_card(share: float) -> None:
    """The last column of pixels is the same with a mark at the end of the scale as without one."""
    end = IntervalPicture("Use", (IntervalRow("US", share, share, share, "all"),), Goal(share, "Goal"))
    drawn = Image.open(BytesIO(draw(end))).convert("RGB")
    sides = {drawn.getpixel((x, y)) for x in (8, WIDTH - 9) for y in range(10, drawn.height - 10)}
    assert len(sides) == 1
    assert len(drawn.getcolors(1 << 20) or []) > 20


def test_a_start_does_not_pay_for_pictures() -> None:
    code = "import sys, bot.app, bot.serve; print([m for m in ('matplotlib', 'numpy', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
