"""Errors that carry the sentence the person will read."""


class BotError(Exception):
    """Something a person can put right; `sentence` is shown to them and nothing else changes.

    `field` is the block_id of the form field that the sentence belongs under, when there is one.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class SettingsError(Exception):
    """The configuration is wrong; `lines` says what, one sentence each, and shows no secret."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
