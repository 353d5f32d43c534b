"""The safety screen: which free texts may be a complaint, an injury, a patient or an off-label use (P13).

It decides nothing: whether something must be reported is for a person. It only keeps such words from being shown
around until somebody has looked, so it would rather hold one too many.
"""

import re
import unicodedata
from dataclasses import dataclass

LABELS = ("complaint", "adverse_event", "patient_identifier", "off_label")

_RULES = {
    "complaint": re.compile(
        r"\b(?:pump|cage|screw|rod|stem|alarm|implant)s?\b.{0,40}\b(?:stopped|broke|failed|loose|snapped|cracked)\b"
    ),
    "adverse_event": re.compile(r"\b(?:injured|died|operated on again|reoperat\w{0,9}|bled|infection)\b"),
    "patient_identifier": re.compile(r"\b(?:dob|mrn|nhs no|geb\.)"),
    "off_label": re.compile(r"\b(?:off[- ]label|neonat\w{0,6}|cervical|paediatric|pediatric)\b"),
}


@dataclass(frozen=True)
class Screening:
    """What a text may hold; `labels` are out of `LABELS`, in their order, and empty for nearly every text."""

    labels: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether the text is kept back until a person has looked at it."""
        return bool(self.labels)


def screen(text: str) -> Screening:
    """Look through a text, in time proportional to its length."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if unicodedata.category(one) != "Cf")
    return Screening(tuple(label for label in LABELS if _RULES[label].search(plain)))
