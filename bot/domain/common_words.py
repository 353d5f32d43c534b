"""Words that stand in any text and say nothing of what it is about, in a few languages, read from common_words.txt."""

from pathlib import Path

_LINES = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
COMMON = frozenset(word for line in _LINES if not line.startswith("#") for word in line.split())
