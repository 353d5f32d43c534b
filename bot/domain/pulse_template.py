"""Templates of pulses: questions that are ready to be asked, for people who sell medical devices."""

from dataclasses import dataclass

from bot.domain.pulse import PulseQuestion


@dataclass(frozen=True)
class PulseTemplate:
    """A pulse to begin with; `days` is how long it stays open. What it says can be changed before it is sent."""

    key: str
    name: str
    questions: tuple[PulseQuestion, ...]
    privacy: str
    days: int


TEMPLATES = (
    PulseTemplate(
        key="usable",
        name="Is it usable?",
        questions=(
            PulseQuestion(
                "Is the new price sheet usable in front of a customer?",
                "single",
                ("Yes", "With changes", "No", "I have not seen it"),
            ),
            PulseQuestion("What would you change first?", "text"),
        ),
        privacy="confidential",
        days=3,
    ),
    PulseTemplate(
        key="launch",
        name="Ready for the launch?",
        questions=(
            PulseQuestion("How ready are you to present the new system to a surgeon?", "scale_5"),
            PulseQuestion(
                "What do you still need?",
                "multiple",
                ("Clinical data", "A demo kit", "Time with an expert", "Prices", "A shorter deck", "Nothing"),
            ),
            PulseQuestion("Which question can't you answer yet?", "text"),
        ),
        privacy="confidential",
        days=5,
    ),
    PulseTemplate(
        key="lost",
        name="Why do we lose?",
        questions=(
            PulseQuestion(
                "What decided the last tender that you lost?",
                "single",
                ("Price", "Clinical evidence", "Service", "Delivery", "They knew the other one", "I lost none"),
            ),
            PulseQuestion("What could have turned it?", "text"),
        ),
        privacy="named",
        days=7,
    ),
    PulseTemplate(
        key="mood",
        name="How is it going?",
        questions=(
            PulseQuestion("How likely are you to recommend our team to a friend as a place to work?", "scale_10"),
            PulseQuestion("What is the one thing that we should change?", "text"),
        ),
        privacy="anonymous",
        days=7,
    ),
)


def find_template(key: object) -> PulseTemplate | None:
    """The template of this key, or None."""
    return next((one for one in TEMPLATES if one.key == key), None)
