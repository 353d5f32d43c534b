"""What can tell who a patient is: numbers of records, dates of birth, names with details of a case."""

import re

_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d{4}-\d\d-\d\d"
    r"|\d{1,2}\.? ?(?:de )?(?:jan|feb|fev|mar|apr|avr|abr|may|mai|jun|jul|aug|ago|sep|set|oct|okt|out|nov|dec|dez|dic)[a-z]{0,7}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} \d{1,2})"
)
_AGE = (
    r"(?:\b\d{1,3}[ -]{0,2}(?:years? old|yrs? old|year old|y/?o\b|ans\b|jahre\b|jahrig\w{0,2}|anos\b)"
    r"|\b\d{2} ?[mfw]\b|\b(?:alter|aged|age) \d{1,3}\b|\b[mf] ?/ ?\d{2}\b)"
)
_ROOM = r"(?:\b(?:room|bed|zimmer|zi\.|bett|chambre|lit|habitacion|cama|quarto|box) ?\d{1,4}[a-z]?\b)"
_OPERATED = r"(?:\b(?:op|operat\w{0,6}|operee?s?|operad[oa]|operiert|surgery|cirugia|cirurgia|intervention)\b)"
_LEVEL = r"(?:\b[lcts]\d ?[/-] ?[lcts]?\d\b)"
_MANY = 80  # characters between what belongs together


def _within(one: str, other: str) -> re.Pattern[str]:
    return re.compile(f"{one}(?=.{{0,{_MANY}}}?{other})|{other}(?=.{{0,{_MANY}}}?{one})")


_FOLDED = (
    # a record's number
    re.compile(
        r"\b(?:mrn|nhs|nhc|ipp|hosp(?:ital)?|chart|record|case|patient|pat|pt|patienten|fall|dossier|historia(?: clinica)?"
        r"|processo|utente|ssn|sns)\b[ .:#]{0,3}(?:(?:no|nr|num|number|nummer|id|numero|n)\b)?[ .:#º°-]{0,4}[a-z]{0,2}\d[\d -]{4,}"
    ),
    re.compile(r"\b(?:patientennummer|fallnummer|patienten-id|versichertennummer)\b[ .:#]{0,3}\w{0,2}\d"),
    # born, with a date, or of somebody else
    re.compile(
        rf"(?<!my )\b(?:dob|d\.o\.b|date of birth|born|geb|geboren|geburtsdatum|nee? le|nacid[oa]|fecha de nacimiento"
        rf"|date de naissance|nascid[oa]|data de nascimento)\b[ .,:]{{0,3}}(?:is |on |am |el |em |le )?{_DATE}"
    ),
    re.compile(r"\b(?:her|his|their|patient\w{0,2}) (?:[a-z]+ (?:and|&) )?(?:dob|date of birth)\b"),
    # an age with a date of the operation, a room or a bed
    _within(_AGE, rf"(?:{_ROOM}|{_OPERATED}.{{0,12}}?{_DATE}|\bfrom {_DATE}|\bvom {_DATE}|\bdu {_DATE}|\bdel {_DATE})"),
    # a picture that shows the name
    re.compile(
        r"\b(?:screenshots?|photos?|pictures?|images?|ct|scans?|x-?rays?|films|fotos?|bild\w{0,3}|cliches?|capturas?|imagen\w{0,2})\b"
        r"[^.!?\n]{0,80}\b(?:surnames?|names?|initials|noms?|nachnamen?|namen|nombres?|apellidos?|nomes?|unblinded|not anonymi[sz]ed)\b"
    ),
    # a mailbox of somebody who was treated
    re.compile(r"\b(?:her|his|patient\w{0,3}|consent|testimonial)\b[^\n]{0,80}[\w.+-]@[\w-]"),
)
_NAME = r"\b(?:[Mm]r|[Mm]rs|[Mm]s|[Hh]errn?|[Ff]rau|[Mm]me|[Mm]adame|[Mm]onsieur|[Dd]on|[Dd]oña|[Ss]ra?|[Ss]enhora?|[Pp]atient(?:in|e)?|[Pp]aciente|Pat)\b\.? [A-ZÀ-Þ][\w.-]{1,30}"
_TITLED = re.compile(_NAME)
_DETAIL = re.compile(
    f"{_AGE}|{_ROOM}|{_LEVEL}|{_OPERATED}|\\bdob\\b|\\b(?:room|bed|zimmer)\\b|, ?\\d{{2}}\\b(?! ?(?:%|[a-z]))"
)


def names_a_patient(text: str, folded: str) -> bool:
    """Whether a text may tell who a patient is; `folded` is the same without case and accents."""
    if any(pattern.search(folded) for pattern in _FOLDED):
        return True
    return bool(_TITLED.search(text) and _DETAIL.search(folded))
