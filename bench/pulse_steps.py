"""What people do in the flows of pulses: one is sent, answered, closed, told what was done with it, and comes again."""

from datetime import timedelta

from sqlmodel import select

from bench.stage import Stage
from bench.steps import CHANNEL, REP, after_press, after_press_or_form, close_forms, open_form, submit, want_no_digests
from bot.domain.check_in import Cadence
from bot.domain.pulse import PulseQuestion
from bot.domain.pulse_series import SeriesFields
from storage import ballot_box, pulse, pulse_outcome, pulse_series
from storage.pulse import Pulse
from tests.pulses import start_pulse
from tests.slack import Message

ASKER, EXECUTIVE = "Carla Demski-Rowe", "Harriet Nakagawa-Boyle"
QUESTION, OUTCOME = "Is the kestrel page usable?", "The kestrel page is on one side now"
LINE = f'/pulse "{QUESTION}" Yes | No'


def send(stage: Stage) -> str:
    """Ask in one line, after one look."""
    carla = stage.slack.person(ASKER)
    told = open_form(carla, LINE)
    return told or submit(carla, privacy="named")


def have_one(stage: Stage) -> None:
    """A named pulse stands in the channel; nobody wants a digest, so that none is due when the clock jumps."""
    want_no_digests(stage)
    assert send(stage) == ""
    close_forms(stage.slack.person(ASKER))
    stage.settle()


def vote(stage: Stage) -> str:
    """Answer with one tap."""
    dre = stage.slack.person(REP)
    return after_press(dre, stage, lambda: dre.click("Yes", _asked(stage)))


def have_an_anonymous_one(stage: Stage) -> None:
    """An anonymous one stands in the channel: its ballots go past the inbox into a box."""
    seen = stage.slack.person(REP).sees_all()["conversations"]
    channel = next(str(one["id"]) for one in seen if f"#{one['name']}" == CHANNEL)
    question = PulseQuestion(QUESTION, "single", ("Yes", "No"))
    start_pulse(stage.slack, stage.looks, question, asker=EXECUTIVE, channel=channel, privacy="anonymous")
    stage.settle()


def count_ballots(stage: Stage) -> int:
    """How many of one person's ballots are in the open box."""
    team_id, dre = stage.slack.get("people")["team"]["id"], stage.slack.person(REP).id
    with stage.looks.read() as session:
        pulse_id = session.exec(select(Pulse.id)).one() or 0
    return 1 - len(ballot_box.list_silent(stage.looks, team_id=team_id, pulse_id=pulse_id, user_ids=[dre]))


def end(stage: Stage) -> None:
    """It has been answered, and its time is over."""
    have_one(stage)
    assert vote(stage) == ""
    stage.settle()
    _jump(stage, hours=25)


def have_results(stage: Stage) -> None:
    """It is closed, and its asker has the results."""
    end(stage)
    stage.tick()
    stage.settle()


def say_what_was_done(stage: Stage) -> str:
    """Tell those who were asked what was done."""
    carla = stage.slack.person(ASKER)
    close_forms(carla)
    with stage.looks.read() as session:
        if session.exec(select(Pulse.outcome)).first() is not None:
            return ""  # it has been told
    return after_press_or_form(carla, stage, "Say what was done") or submit(carla, outcome=OUTCOME)


def let_it_recur(stage: Stage) -> None:
    """The last one has an outcome, and the next is due."""
    have_results(stage)
    with stage.looks.begin() as session:
        last = session.exec(select(Pulse)).one()
        assert pulse_outcome.record_outcome(session, last, outcome=OUTCOME, now=stage.clock.now())
        fields, cadence = pulse.fields_of(last), Cadence("1", 0, "09:00")
        series = SeriesFields(fields, cadence, timedelta(days=1))
        today = stage.clock.now().date()
        pulse_series.add_series(session, last, fields=series, starts_on=today, now=stage.clock.now())
    _jump(stage, hours=6 * 24 + 8)


def _jump(stage: Stage, *, hours: int) -> None:
    stage.slack.jump(by_seconds=hours * 3600)
    stage.clock._ask(wait=0)  # nobody watches it here


def _asked(stage: Stage) -> Message:
    return next(one for one in stage.slack.person(REP).messages(CHANNEL) if QUESTION in one.text)
