"""Words, numbers and sentences of a thread's messages, in any of the languages that people write there."""

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_MARKS = re.compile(r"(?<!\w)([*_~`]+)(?=\S)|(?<=\S)([*_~`]+)(?!\w)")
EMOJI = re.compile(r":[a-z0-9_+'-]{2,}(?:::skin-tone-\d)?:")
_MONTHS = {
    name: f"month {number}"
    for number, names in enumerate(
        (
            "jan january januar jänner janvier enero janeiro gennaio januari",
            "feb february februar février febrero fevereiro febbraio februari",
            "mar march märz mars marzo março maart",
            "apr april avril abril aprile",
            "may mai mayo maio maggio mei",
            "jun june juni juin junio junho giugno",
            "jul july juli juillet julio julho luglio",
            "aug august août agosto augustus",
            "sep sept september septembre septiembre setembro settembre",
            "oct october okt oktober octobre octubre outubro ottobre",
            "nov november novembre noviembre novembro",
            "dec december dez dezember décembre diciembre dezembro dicembre",
        ),
        1,
    )
    for name in names.split()
}
_NUMBER_WORDS = {
    word: str(number)
    for number, words in enumerate(
        (
            "two zwei deux dos dois",
            "three drei trois tres três",
            "four vier quatre cuatro quatro",
            "five fünf cinq cinco",
            "six sechs seis",
            "seven sieben sept siete sete",
            "eight acht huit ocho oito",
            "nine neun neuf nueve nove",
            "ten zehn dix diez dez",
            "eleven elf onze once",
            "twelve zwölf douze doce doze",
        ),
        2,
    )
    for word in words.split()
    if word not in ("sept", "dez", "once", "elf")
}
# Words that stand anywhere and tell nothing of what is spoken of.
_COMMON = frozenset(  # in English, German, French, Spanish and Portuguese
    """
    a about after again all also always am an and any are as at back be because been before being but by can could
    did do does doing done don't each else even ever every for from get gets got had has have having he her here him
    his how i i'd i'll i'm i've if in into is isn't it it's its just let let's like made make makes many may me more
    most much must my no none nor not now of off oh ok okay on one only or other our out over own per please really
    same say says said she should so some still such than thank thanks that that's the their them then there there's
    these they this those though to too under until up us very want was we we'd we'll we're we've well were what
    what's when where whether which while who why will with without won't would yes yet you you'd you'll you're your
    aber als auch auf aus bei bin bis bitte da das dass dem den der des die dir doch du ein eine einem einen einer
    es für gibt hat hab habe haben hier ich ihr im ist ja jetzt kann kein keine mal man mehr mein mich mir mit nach
    nein nicht noch nur oder schon sehr sein sich sie sind um und uns unser vom von vor war wenn wer wie wir wird wo
    zu zum zur zwar über à au aux avec c'est ce ces cette d'un d'une dans de donc elle en est et eux il ils je j'ai
    la le les leur lui ma mais même mes moi mon ne nos notre nous ou oui où par pas plus pour qu que qui sa sans se
    ses si son sont sur ta te tes toi ton tout très tu un une va vos votre vous y al algo como con cuando del donde
    el ella era esa ese eso esta este está esto ha hay las lo los más mi muy o para pero por porque sí sin sobre su
    sus también una uno ya yo ao aos com dos e ela ele em essa esse eu foi há isso já mas meu minha muito na nas não
    os pela pelo sem seu são só sua também tem uma vai você
    """.split()  # noqa: SIM905
)
# Initials that would be common words in small letters.
_INITIALS = frozenset(("US", "IT", "UN", "EU", "HR", "PR", "AM"))
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|dr|prof|mr|mrs|ms|approx|ca|bzw|z\. ?b|d\. ?h|etc|nr|st|p\. ?ex)\.)$", re.I
)
_ENUMERATED = re.compile(r"^\s*1[.)]\s")
_END = re.compile(r"(?<=[.!?…。！？])[\"”»')]*\s+|(?<=[。！？])")


@lru_cache(maxsize=4096)
def plain_words(text: str) -> str:
    """A text as two are compared letter by letter: NFKC, without emoji names and marks of format, blanks as one.

    Typographic quotation marks and dashes are told as the plain ones.
    """
    text = unicodedata.normalize("NFKC", EMOJI.sub(" ", text))
    text = text.translate(str.maketrans("’‘“”„«»–—‑", '\'\'"""""---'))
    return " ".join(_MARKS.sub("", text).split())


def is_said(words: str, text: str) -> bool:
    """Whether words stand in a text as they are: two sentences do not if pasted words between them were left out."""
    return plain_words(words) in plain_words(text)


def terms(text: str) -> list[str]:
    """What a text speaks of: stems of words that are not common, months, and numbers as `#140`."""
    found = []
    for written in _TOKEN.findall(plain_words(text)):
        token = written.casefold()
        if written in _INITIALS:
            found.append(written)
        elif token[0].isdigit():
            found += [f"#{part}" for part in _number(token)]
        elif month := _MONTHS.get(token) if token not in ("may", "mar", "mars", "mai", "sept") else None:
            found.append(month)
        elif number := _NUMBER_WORDS.get(token):
            found.append(f"#{number}")
        elif token not in _COMMON and (len(token) > 1 or not token.isascii()):
            found.append(stem(token))
    return found


def numbers(text: str) -> list[str]:
    """The numbers of a text, words such as "six" among them; "97,8" is "97.8"."""
    return [term for term in terms(text) if term.startswith("#")]


def stem(word: str) -> str:
    """A word's first letters: enough to know it again with another ending, in the languages that end words."""
    word = word.split("'")[0] if "'" in word and len(word.split("'")[0]) > 2 else word.replace("'", "")
    if len(word) > 5 and word.isalpha() and ord(word[0]) < 0x250:
        return word[:5]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def sentences(text: str) -> list[str]:
    """A message's sentences, letter for letter; pasted words (`> ...`) and code are not the writer's and left out."""
    found = list[str]()
    own = re.sub(r"```.*?(?:```|$)", "\n", text, flags=re.S)
    for line in own.split("\n"):
        line = line.strip()
        if not line or line.startswith((">", "&gt;")):
            continue
        found += [line] if _ENUMERATED.match(line) else _in_line(line)
    return found


def _in_line(line: str) -> list[str]:
    parts, start = list[str](), 0
    for end in _END.finditer(line):
        before, after = line[start : end.start()], line[end.end() :]
        word = re.match(r"[^\W\d_]+", after)
        dated = bool(re.search(r"\d\.$", before)) and (not word or word[0].casefold() in _MONTHS or word[0].islower())
        if dated or _ABBREVIATION.search(before) or not after.strip():
            continue
        parts.append(line[start : end.end()].strip())
        start = end.end()
    return [part for part in (*parts, line[start:].strip()) if part]


def _number(token: str) -> list[str]:
    """ "97,8" and "97.8" as one, "1,200" as 1200, "19.1" as it is."""
    token = token.rstrip(".,:")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", token):
        return [re.sub(r"[.,]", "", token)]
    if re.fullmatch(r"\d+[.,]\d+", token):
        return [token.replace(",", ".")]
    return [part.lstrip("0") or "0" for part in re.split(r"[.,:]", token) if part]


_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_DAY_MONTH = re.compile(
    rf"(?<![\d.,])\b(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?(?:\s*(?:to|and|und|et|y|e|bis|-|–|,|&|/)\s*(\d{{1,2}})(?:st|nd|rd|th|\.)?)?"
    rf"\s*(?:of |de )?\s*({_MONTH})\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.?\s+(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[%\d])", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})\.?(?=\D|$)(?!\s*%)")


@lru_cache(maxsize=8192)
def dates(text: str) -> frozenset[str]:
    """The dates of a text, as "19 month 1"; a year is not told."""
    text = plain_words(text).casefold()
    found = set[str]()
    for one in _DAY_MONTH.finditer(text):
        found |= {f"{int(day)} {_MONTHS[one[3]]}" for day in (one[1], one[2]) if day}
    found |= {f"{int(one[2])} {_MONTHS[one[1]]}" for one in _MONTH_DAY.finditer(text)}
    for one in _NUMERIC.finditer(text):
        if text[one.start() : one.end()].endswith(".") and int(one[1]) <= 31 and 1 <= int(one[2]) <= 12:
            found.add(f"{int(one[1])} month {int(one[2])}")
    return frozenset(found)
