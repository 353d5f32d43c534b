"""The drawing: a picture's numbers as a PNG that can be read on a phone, in light and in dark."""

import math
import threading

from bot.picture import BarsPicture, IntervalPicture, Picture, ScalePicture, WeeksPicture
from bot.sheet import (
    BLUE,
    CARD,
    GAP,
    INNER,
    LEADING,
    ORANGE,
    PAD,
    SMALL,
    SOFT,
    TITLE,
    TRACK,
    WIDTH,
    Sheet,
    heading_of,
    wrapped,
)

INTERVAL_ROOM, BAR_ROOM, LEGEND = 54, 34, 46  # heights below a row's words, and of the legend's line
COLUMNS = 190  # the height of the highest column
LIKELY = "what is likely among all (95 %)"
_drawing = threading.Lock()  # matplotlib's fonts are shared and were not made for several threads


def draw(picture: Picture) -> bytes:
    """The picture as a PNG, WIDTH pixels wide and as high as its rows need.

    matplotlib is imported by the first picture and not before: it takes a second and 40 MB.
    """
    with _drawing:
        sheet = Sheet(_height(picture))
        at = sheet.title(picture.title)
        if isinstance(picture, IntervalPicture):
            _draw_intervals(sheet, picture, at)
        elif isinstance(picture, BarsPicture):
            _draw_bars(sheet, picture, at)
        elif isinstance(picture, ScalePicture):
            _draw_scale(sheet, picture, at)
        else:
            _draw_weeks(sheet, picture, at)
        return sheet.png()


def _height(picture: Picture) -> int:
    """How high it becomes; all lines are wrapped once more when they are drawn."""
    lines = len(wrapped(picture.title, TITLE, INNER, bold=True))
    height = 2.0 * PAD + lines * TITLE * LEADING + GAP * 0.6
    if isinstance(picture, ScalePicture):
        return math.ceil(height + LEGEND + 2 * SMALL * LEADING + COLUMNS)
    if isinstance(picture, WeeksPicture):
        return math.ceil(height + 2 * SMALL * LEADING + COLUMNS)
    room = BAR_ROOM if isinstance(picture, BarsPicture) else INTERVAL_ROOM
    height += sum(heading_of(row.label, row.said).height + room + GAP for row in picture.rows)
    if isinstance(picture, BarsPicture):
        return math.ceil(height - GAP + (LEGEND if picture.has_intervals else 0))
    return math.ceil(height + SMALL + (LEGEND if picture.goal else 0) - GAP / 2)


def _draw_intervals(sheet: Sheet, picture: IntervalPicture, at: float) -> None:
    goal = picture.goal
    if goal:
        sheet.legend(goal.label, at)
        at += LEGEND
    bars: list[float] = []
    for row in picture.rows:
        at = sheet.heading(row.label, row.said, at)
        bars.append(at + 24)
        at += INTERVAL_ROOM + GAP
    foot = bars[-1] + 32
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        place = "left" if share == 0 else "right" if share == 1 else "center"
        sheet.text(_x(share), foot, f"{share * 100:.0f} %", SMALL, color=SOFT, ha=place)
    for y in bars:
        sheet.line([PAD, WIDTH - PAD], y, TRACK, 16)
        for share in (0.25, 0.5, 0.75):
            sheet.rise(_x(share), y - 8, y + 8, CARD, 3)
    if goal:
        for y in bars:
            sheet.dashes(_x(goal.share), y)
    for row, y in zip(picture.rows, bars, strict=True):
        low, high = _x(max(row.low, 0.0)), _x(min(row.high, 1.0))
        sheet.line([low, high], y, BLUE, 9)
        for x in (low, high):
            sheet.rise(x, y - 17, y + 17, BLUE, 5)
        sheet.dot(_x(min(max(row.point, 0.0), 1.0)), y)


def _draw_bars(sheet: Sheet, picture: BarsPicture, at: float) -> None:
    if picture.has_intervals:
        sheet.whisker(PAD + 4, PAD + 44, at + SMALL / 2 + 3)
        sheet.text(PAD + 64, at, LIKELY, SMALL, color=SOFT)
        at += LEGEND
    for row in picture.rows:
        at = sheet.heading(row.label, row.said, at)
        sheet.bar(at + 6, 1.0, TRACK)
        sheet.bar(at + 6, row.share, BLUE)
        if row.likely is not None:
            low, high = row.likely
            sheet.whisker(_x(max(low, 0.0)), _x(min(high, 1.0)), at + 19)
        at += BAR_ROOM + GAP


def _draw_scale(sheet: Sheet, picture: ScalePicture, at: float) -> None:
    """Columns side by side, as long as their counts, and the mean as a dashed line through them."""
    sheet.legend(picture.mean_words, at)
    top = at + LEGEND + SMALL * LEADING
    foot, width = top + COLUMNS, INNER / len(picture.counts)
    most = max(*picture.counts, 1)
    sheet.line([PAD, WIDTH - PAD], foot + 2, TRACK, 4)
    middles = [PAD + (place + 0.5) * width for place in range(len(picture.counts))]
    heights = [COLUMNS * hits / most for hits in picture.counts]
    for middle, height in zip(middles, heights, strict=True):
        sheet.box(middle - width * 0.36, foot - height, width * 0.72, height, BLUE)
    x = PAD + (picture.mean - picture.first + 0.5) * width
    for y in range(int(top), int(foot), 24):
        sheet.rise(x, y - 2, y + 14, CARD, 11)
        sheet.rise(x, y, y + 12, ORANGE, 5)
    for place, (middle, height) in enumerate(zip(middles, heights, strict=True)):
        hits, paper = _short(picture.counts[place]), {"facecolor": CARD, "linewidth": 0, "pad": 1}
        sheet.text(middle, foot - height - SMALL * LEADING, hits, SMALL, bold=True, ha="center", bbox=paper)
        sheet.text(middle, foot + 10, str(picture.first + place), SMALL, color=SOFT, ha="center")


def _draw_weeks(sheet: Sheet, picture: WeeksPicture, at: float) -> None:
    """Columns as long as their counts, each with its number, over the days with which the first and the last begin."""
    top = at + SMALL * LEADING
    foot, width = top + COLUMNS, INNER / len(picture.weeks)
    most = max(*picture.weeks, 1)
    sheet.line([PAD, WIDTH - PAD], foot + 2, TRACK, 4)
    for place, hits in enumerate(picture.weeks):
        middle, height = PAD + (place + 0.5) * width, COLUMNS * hits / most
        sheet.box(middle - width * 0.36, foot - height, width * 0.72, height, BLUE)
        sheet.text(middle, foot - height - SMALL * LEADING, _short(hits), SMALL, bold=True, ha="center")
    sheet.text(PAD, foot + 10, picture.first, SMALL, color=SOFT)
    sheet.text(WIDTH - PAD, foot + 10, picture.last, SMALL, color=SOFT, ha="right")


def _short(number: int) -> str:
    """A count above a column, which has room for four characters."""
    return str(number) if number < 1000 else f"{number / 1000:.1f}k" if number < 9950 else f"{number / 1000:.0f}k"


def _x(share: float) -> float:
    return PAD + share * INNER
