"""What can tell who a patient is: numbers of records, dates of birth, names and ages beside details of a case."""

import re
from bisect import bisect_left

CLOSE = 80  # characters between two things that belong together

_MONTHS = "jan|feb|fev|mar|apr|avr|abr|may|mai|jun|jul|aug|ago|sep|set|oct|okt|out|nov|dec|dez|dic"
_DATE = (
    r"(?:\d{1,2}[./-] ?\d{1,2}(?:[./-] ?\d{2,4})?|\d{4}-\d\d-\d\d"
    rf"|\d{{1,2}}\.? ?(?:de )?(?:{_MONTHS})[a-z]{{0,7}}|(?:{_MONTHS})[a-z]{{0,6}} \d{{1,2}}\b)"
)
_ROOM = r"\b(?:room|bed|zimmer|bett|chambre|habitacion|cama|quarto) ?\d{1,4}[a-z]?\b"
_OPERATED = r"\b(?:op|operat\w{0,6}|operee?s?|operad[oa]|operiert|surgery|cirugia|cirurgia|intervention)\b"

# Each of these is enough by itself: the number of a record, or a date of birth that is not the writer's own.
_ALONE = (
    re.compile(
        r"\b(?:mrn|nhs|nhc|ipp|hosp(?:ital)?|chart|record|case|patient|pat|pt|patienten|fall|dossier|historia clinica"
        r"|historia|processo|utente|ssn|sns)\b[ .:#]{0,3}(?:(?:no|nr|num|number|nummer|id|numero|n)\b)?[ .:#º°-]{0,4}"
        r"[a-z]{0,2}\d[\d -]{4}"
    ),
    re.compile(r"\b(?:patientennummer|fallnummer|patienten-id|versichertennummer)\b[ .:#]{0,3}\w{0,2}\d"),
    re.compile(
        r"(?<!my )\b(?:dob|d\.o\.b|date of birth|born|geb|geboren|geburtsdatum|nee? le|nacid[oa]|fecha de nacimiento"
        rf"|date de naissance|nascid[oa]|data de nascimento)\b[ .,:]{{0,3}}(?:is |on |am |el |em |le )?{_DATE}"
    ),
    re.compile(r"\b(?:her|his|their|patient\w{0,2}) (?:[a-z]{1,20} (?:and|&) )?(?:dob|date of birth)\b"),
    re.compile(r"\bpatient'?s names?\b"),
)
_AGE = re.compile(
    r"\b\d{1,3}[ -]{0,2}(?:years? old|yrs? old|y/?o\b|ans\b|jahre\b|jahrig\w{0,2}|anos\b)"
    r"|\b\d{2} ?[mfw]\b|\b(?:alter|aged|age) \d{1,3}\b|\b[mf] ?/ ?\d{2}\b"
)
_CASE = re.compile(rf"{_ROOM}|{_OPERATED}.{{0,12}}?{_DATE}|\b(?:from|vom|du|del|de) {_DATE}")
_PICTURE = re.compile(
    r"\b(?:screenshots?|photos?|pictures?|images?|ct|scans?|x-?rays?|films|fotos?|bild\w{0,3}|cliches?|capturas?"
    r"|imagen\w{0,2})\b"
)
_NAMES = re.compile(
    r"\b(?:surnames?|names?|initials|noms?|nachnamen?|namen|nombres?|apellidos?|nomes?|unblinded|not anonymi[sz]ed)\b"
)
_SOMEBODY = re.compile(r"\b(?:her|his|patient\w{0,3}|consent|testimonial)\b")
_MAILBOX = re.compile(r"[\w-]@[\w-]")
_YEAR_OF_BIRTH = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]19\d\d\b")
_AT_A_BED = re.compile(_ROOM)
_TOGETHER = ((_AGE, _CASE), (_PICTURE, _NAMES), (_SOMEBODY, _MAILBOX), (_YEAR_OF_BIRTH, _AT_A_BED))

# Capital letters tell a name, so this one is read in the text as it was written.
_TITLED = re.compile(
    r"\b(?:[Mm]rs?|[Mm]s|[Hh]errn?|[Ff]rau|[Mm]me|M|[Mm]adame|[Mm]onsieur|[Dd]on|[Dd]oña|[Ss]ra?|[Ss]enhora?"
    r"|[Pp]atient(?:in|e)?|[Pp]aciente|Pat)\b\.? [A-ZÀ-Þ][\w.-]"
)
_DETAIL = re.compile(
    rf"{_AGE.pattern}|{_ROOM}|{_OPERATED}|\b[lcts]\d ?[/-] ?[lcts]?\d\b|\bdob\b|\b(?:room|bed|zimmer)\b"
    r"|, ?\d{2}\b(?! ?(?:%|[a-z]))"
)


def names_a_patient(text: str, folded: str) -> bool:
    """Whether a text may tell who a patient is; `folded` is the same without case and accents."""
    if any(pattern.search(folded) for pattern in _ALONE):
        return True
    if any(_are_close(folded, one, other) for one, other in _TOGETHER):
        return True
    return bool(_TITLED.search(text) and _DETAIL.search(folded))


def _are_close(folded: str, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    ends = [found.end() for found in other.finditer(folded)]
    for found in one.finditer(folded) if ends else ():
        place = bisect_left(ends, found.start() - CLOSE)
        if place < len(ends) and ends[place] <= found.end() + 2 * CLOSE:
            return True
    return False
