"""The safety screen: what it finds in labelled texts, what it must leave alone, and no text that upsets it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.safety import LABELS, screen

COMPANY = Path(__file__).parent.parent.parent / "sandbox" / "company"

# Worded otherwise than the sample's texts; half of them were missed before their words were added.
HELD = """
adverse_event: The patient had to be revised because the construct failed
adverse_event: They had to reopen him the next morning
adverse_event: He can't walk since the operation
adverse_event: two patients got infected after the last batch
adverse_event: Der Patient hat seit der OP starke Schmerzen
adverse_event: Patient musste reanimiert werden
adverse_event: le patient est décédé hier soir
adverse_event: el paciente falleció ayer
adverse_event: a paciente teve uma infeção depois da cirurgia
adverse_event: She was readmitted with a wound infection
adverse_event: A nurse was cut by the sharp edge of the tray
adverse_event: blood loss was massive after the screw perforated the vessel
adverse_event: patient died on the table
adverse_event: the pump stopped and nobody noticed for an hour, he went into shock
adverse_event: Kind wurde verletzt
adverse_event: hubo que reintervenir
adverse_event: lady came back with a hole in her bowel after the trocar
adverse_event: sadly we lost the patient during the case
adverse_event: her leg is two centimetres shorter now and she is limping badly
adverse_event: staff member got zapped when plugging it in
adverse_event: surgeon had to convert to open because the tool would not let go
adverse_event: Nach der OP kam es zu einer tiefen Infektion
adverse_event: Der Patient klagt seit Wochen über Taubheit im Fuß
adverse_event: la patiente a fait une hémorragie
adverse_event: il a fallu réopérer le monsieur
adverse_event: el enfermo sufrió una parada
adverse_event: o doente teve de ser operado outra vez
complaint: One of the screws sheared off when he tightened it
complaint: The pump keeps shutting itself off during transport
complaint: the display goes black
complaint: the torque limiter did not click
complaint: Bei der dritten Schraube ist der Kopf abgerissen
complaint: Die Pumpe hat die falsche Rate gefördert
complaint: Der Akku hält nur noch eine Stunde
complaint: la pompe s'arrête toute seule
complaint: Le tournevis s'est cassé pendant l'intervention
complaint: la bomba no avisó de la oclusión
complaint: el tornillo se partió al apretarlo
complaint: a bomba desligou-se sozinha
complaint: wrong drug name on the screen
complaint: The pump gave double the dose
complaint: the sterile wrap was torn
complaint: screw head broke
complaint: expiry date on the implant box was wrong
complaint: software showed the mirror image
complaint: cage collapsed
complaint: we had three pumps out of service this week
complaint: The instrument came back with blood on it
complaint: Schraubenkopf ausgebrochen, musste getauscht werden
complaint: pump overheated and started smoking
complaint: one pump of the new batch never powers up
complaint: guide pin bent as soon as he hammered it
complaint: we opened five boxes and two had no screws inside
complaint: Das Ventil tropft
complaint: Display flackert und geht dann aus
complaint: Beim Eindrehen ist das Gewinde ausgerissen
complaint: le clavier ne répond plus
complaint: la vis a cassé dans le pédicule
complaint: la pantalla se queda en blanco
complaint: el envase venía abierto
complaint: a bateria não aguenta uma hora
patient_identifier: Patient Smith, room 4, wants the brochure
patient_identifier: date of birth 1957-04-12, left hip
patient_identifier: Patientennummer 998877
patient_identifier: Sra. Gómez, 71 años, operada el 3 de marzo
patient_identifier: Frau Meier, geboren am 4.5.1961, bekommt morgen die Hüfte
patient_identifier: M. Dupont, 63 ans, chambre 12, est ravi
patient_identifier: MRN: 0045 2231
patient_identifier: you can still read the patient's name on the x-ray picture
patient_identifier: J. Smith, 12.4.1950, room 7B
off_label: Could we promote this for children?
off_label: He is using the pump at home with his mother
off_label: Dürfen wir das auch für Kinder zeigen?
off_label: on peut le proposer en pédiatrie ?
off_label: podemos vender isto para uso em casa?
off_label: he wants to try the cage in the neck
off_label: is it fine in pregnant women?
off_label: he put the stem in a fifteen year old
off_label: our pump is great for epidural, show them
off_label: man könnte den Cage auch ohne Schrauben verkaufen
off_label: on l'utilise chez les prématurés
off_label: lo usan en niños, ¿podemos decirlo?
off_label: let's mention use in dogs in the flyer
"""
HARMLESS = """
Surgeons loved the lattice picture on slide 4
The price sheet is wrong, the new one starts in October
Nobody could find it in the portal
Customer laughed at the pump joke
The video stopped halfway, hotel wifi
Pharmacy asked for a one pager on the drug library
He said the alarm section is too long
the screw comparison table helped a lot
We lost to Brackwell on price
Patient leaflet is missing in French
Die Folien zur Pumpe sind veraltet
Die Schraubenübersicht hat den Termin gerettet
La fiche de la pompe est trop longue
El vídeo no se abre en el móvil
O preço da bomba está errado no PDF
Slide 12 says two levels, the IFU says one or two
Is there a version for pediatric hospitals?
Loved by nurses, they want stickers
The demo died when my laptop battery went
Dr. Weber in Zimmer 3 wants the brochure
Mr Hollis from procurement, meeting on 3 March
stuck in traffic, did the demo on the phone
Killed it in the demo today
surgeon asked for five-year data on subsidence
registry data on loosening was the turning point
pain relief section is good
hospital IT needs 14 days notice
battery life slide was the winner
the implant card brochure is hard to find
32 of 60 reps opened it
The pump is heavy, said a nurse
Our pump is more expensive
the cage demo kit needs new screws
the cost slide broke the ice
he died laughing at the owl
Nobody opened the deck, wrong file name
the wrong version was in the portal, took me an hour
we need a new case study for the pump
surgeons want two-year results for the cage
Nurses liked the alarm poster
our stem is cheaper than Brackwell's
the pump sheet has no prices in euros
the implant register page was useful
Die Pumpe ist zu teuer, sagt der Einkauf
Der Kunde will die Schrauben erst im Januar
La vidéo du tournevis est parfaite
La presentación de la bomba gustó mucho
Os cirurgiões gostaram dos dados do parafuso
I could not find the sterile packaging one pager
20 years old data, please refresh
They asked who pays for training on the pump
The battery comparison won it
Software demo went well, IT wants the security sheet
the leaflet for patients is too hard to read
He wants the screw sizes on one page
the label section is out of date on slide 9
Mrs Lane from purchasing is on leave until 3 March
"""


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (COMPANY / name).read_text(encoding="utf-8").splitlines()]


def labelled() -> list[tuple[set[str], set[str]]]:
    """Of each labelled text what it is, and what the screen says."""
    texts = [(set(row["gold"]) - {"none"}, str(row["text"])) for row in rows("safety.jsonl")]  # type: ignore[call-overload]
    return [(gold, set(screen(text).labels)) for gold, text in texts]


def rates(pairs: list[tuple[bool, bool]]) -> tuple[float, float]:
    """Recall and precision of (is it so, was it said)."""
    right = sum(so and said for so, said in pairs)
    return right / sum(so for so, _ in pairs), right / sum(said for _, said in pairs)


@pytest.mark.parametrize(
    ("label", "recall", "precision"),
    [
        ("complaint", 0.86, 0.92),
        ("adverse_event", 0.91, 0.98),
        ("patient_identifier", 1.0, 1.0),
        ("off_label", 0.95, 1.0),
    ],
)
def test_each_label_is_found_and_seldom_wrong(label: str, recall: float, precision: float) -> None:
    found, right = rates([(label in gold, label in said) for gold, said in labelled()])
    assert found >= recall
    assert right >= precision


def test_nearly_all_that_must_be_held_is_held_and_little_else() -> None:
    recall, precision = rates([(bool(gold), bool(said)) for gold, said in labelled()])
    assert recall >= 0.95
    assert precision >= 0.99


def everyday() -> Iterator[str]:
    """Everything else that people of the sample company wrote: nothing in it needs to be held."""
    for name in ("feedback.jsonl", "needs.jsonl", "replies.jsonl"):
        yield from (str(row["text"]) for row in rows(name))
    for path in (COMPANY / "threads").glob("*.json"):
        if not path.name.endswith(".gold.json"):
            yield from (one["text"] for one in json.loads(path.read_text(encoding="utf-8"))["messages"])


def test_everyday_talk_is_left_alone() -> None:
    texts = list(everyday())
    assert len(texts) > 700
    assert sum(screen(text).held for text in texts) <= 3


@pytest.mark.parametrize("line", HELD.strip().splitlines())
def test_it_is_held_in_other_words_and_languages(line: str) -> None:
    label, _, text = line.partition(": ")
    assert screen(text).held
    assert label in screen(text).labels


@pytest.mark.parametrize("text", HARMLESS.strip().splitlines())
def test_talk_about_assets_prices_and_travel_is_not(text: str) -> None:
    assert screen(text).labels == ()


@pytest.mark.parametrize(
    "text",
    [
        "THE PATIENT WAS INJURED",
        "the patient was in\u200bju\u00adred",
        "the patient was i n j u r e d",
        "the patient was i.n.j.u.r.e.d",
        "the patient was ｉｎｊｕｒｅｄ",
        "le patient a e\u0301te\u0301 blesse\u0301",
        "the patient wasn’t well, he was injured",
        "all fine.\n\n\nThe patient was injured",
        "x" * 5000 + " the patient was injured",
    ],
)
def test_spelling_hides_nothing(text: str) -> None:
    assert "adverse_event" in screen(text).labels


def test_labels_stand_in_one_order_and_nothing_is_nothing() -> None:
    said = screen("Patient MRN 660182: neonate was injured, the pump broke, can we show that")
    assert said.labels == LABELS
    for text in ("", " ", "🔥🔥", "4", "!!!", "الجراحون أحبوا الجدول"):
        assert not screen(text).held


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(HELD.split() + list(".,!?\n '’")), max_size=60).map(" ".join))
def test_no_text_upsets_it(text: str) -> None:
    assert set(screen(text).labels) <= set(LABELS)


@pytest.mark.parametrize(
    "piece", ["a", "1", "12 ", "her ", "mr A", "64 yo ", "pt ", "photo ", "a b ", "a.", "took ", ". ", "ﷺ"]
)
def test_a_huge_text_takes_a_moment(piece: str) -> None:
    screen("warm")
    began = time.process_time()
    screen(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 2
