"""Ages: what a typicalAgeRange says, as (least, most) in years.

LOM 5.7 asks for "7-9", "15", "18-"; what comes is "13 a 25 anos", "17+", "A partir de 14 anos.", "6-adult", "6-8,
9-12", "adultos". What says nothing about years gives None: words alone ("Ensino médio"), grades and school years in any
language ("Grades 9-12", "Klasse 5"), and what a spreadsheet made of a range (6-8: the sixth of August). It
must not guess ages from levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

AgeRange = tuple[int | None, int | None]

_YEARS = (
    r"(?:-?\s*jarigen?|jaren|jaar|years?(?:[ -]olds?)?|yrs?\.?(?: olds?)?|y\.?o\.?|ans|anos|años|anni|jahren?|"
    r"jährige?|j\.|let|lat|"
    r"rokov|roků|år(?:ingar)?|vuotiaat|vuotta|év(?:es)?|ani|aastat|metų|gadi|години|лет|років|года|ετών|χρόνια|"
    r"godina|urte|y|a)"
)
_AND = (
    r"(?:-|–|—|‑|−|~|/|\.\.\.?|…|a|à|to|tot(?: en met)?|t/m|bis|until|hasta|até|jusqu'à|et|and|en|und|y|e|till?|"
    r"through|thru|al?|"
    r"agli|ai|do|až|og|och|ja|és|до|i|–)"
)
_BETWEEN = re.compile(rf"(?<![\d.])(\d{{1,3}})\s*{_YEARS}?\s*{_AND}\s*(?:los\s+|the\s+)?(\d{{1,3}})(?![\d.]*\d)")
_TO_ADULT = re.compile(
    rf"(\d{{1,3}})\s*{_YEARS}?\s*{_AND}\s*(?:adult|volwassen|erwachsen|adulte|aikui|felnőtt|dorosł|dospěl|vuxn|voksn)"
)
_FROM = re.compile(
    r"(?<!\w)(?:vanaf|from|ab|dès|à partir de|a partir d(?:e|os|o|as)|desde|acima de|over|older than|plus de|más de|"
    r"mais de|ouder dan|über|au-dessus de|da|dai|od|från|fra|alates|starting at|aged?|ages?|min\.?|minimum|"
    r"at least|minstens|"
    r"mindestens|au moins|al menos|almeno|>=?|≥|ab)\s*(?:os\s+|los\s+|de\s+|les\s+|age\s+)?(\d{1,3})(?!\d)"
)
_LABELLED = re.compile(r"^(?:aged?|ages?|leeftijd(?:en)?|alter|âge|edad|idade|età)\b\W*", re.IGNORECASE)
_ONWARDS = re.compile(
    rf"(\d{{1,3}})\s*{_YEARS}?\s*(?:\+|-\s*(?:u|∞)?\s*$|(?:en )?adelante|en adelante|em diante|ou (?:mais|plus)|"
    rf"o más|et plus|en ouder|"
    r"e ouder|e oltre|o más|and (?:up|over|older|above)|or (?:older|above|over|more)|und älter|und mehr|plus\b|"
    r"upwards?|e acima|"
    r"eller äldre|och äldre|og eldre|og ældre|a více|i więcej|és idősebb|jaar en ouder|ou \+)"
)
_UNTIL = re.compile(
    r"(?<!\w)(?:^\s*(?:u\s*)?[-–]|tot|t/m|up to|until|under|below|younger than|bis|unter|jusqu'à|moins de|até|hasta|"
    r"menos de|onder|fino a|sotto|do|pod|under|u-?|<=?|≤|max\.?|maximum|maximaal|höchstens|jonger dan|"
    r"jünger als)\s*(\d{1,3})(?!\d)"
)
_ONE = re.compile(rf"\s*(\d{{1,3}})\s*(?:\([^()]*\)\s*)?{_YEARS}?\s*\.?\s*")
_UNIT = r"-?\s*(?:jarigen?|jaar|year-?olds?|years(?: old)?|yrs|ans|anos|años|anni|jahren?|let|lat|år)\b"
_IN_YEARS = re.compile(
    rf"(?<!\d)(\d{{1,3}})(?:\s*{_AND}\s*(\d{{1,3}}))?\s*{_UNIT}|\b(?:aged?|ages|leeftijd|alter|âge|"
    rf"edad)\W{{0,3}}(\d{{1,3}})(?:\s*{_AND}\s*(\d{{1,3}}))?"
)
_ONE_INSIDE = re.compile(r"(?<!\d)(\d{1,3})\s*-?\s*(?:jarigen?|jaar|years?|ans|anos|años|anni|jahren?|let|lat|år)\b")
_ADULTS = re.compile(
    r"\b(?:adult\w*|volwassen\w*|erwachsen\w*|vuxn\w*|voksn\w*|dorosł\w*|dospěl\w*|aikui\w*|felnőtt\w*)\b"
)
# Words of a school: what stands beside them counts classes, not years of age.
_SCHOOL = re.compile(
    r"\b(?:grades?|graders?|gr\.|klasse(?:n|nstufen?)?|kl\.|klas(?:sen)?|jahrg(?:ang|änge)\w*|jgst\w*|schulj\w*|"
    r"stufen?|years? \d|"
    r"year group|yr \d|key stage|ks ?\d|k ?[-–] ?\d{1,2}|leerj\w*|leerja(?:ar|ren)|groep(?:en)?|graad|graden|"
    r"cycles?|cours|classes?|"
    r"cm[12]|ce[12]|cp|6ème|seconde|terminale|curso|cursos|primaria|eso|bachillerato|classe|classi|elementare|"
    r"anno scolastico|"
    r"ano escolar|série|semest\w*|semesters?|stage|level|niveau|fase|form|årskurs|åk|klassetrinn|trinn|luokka|luokat|"
    r"osztály|třída|třídy|ročník|razred\w*|klasy?|клас\w*|класс\w*|τάξη|clasa|lessons?|weeks?|weken|units?|"
    r"chapter|hoofdstuk|"
    r"semester|module|isced|eqf|kindergarten to)\b|\b\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,2}(?:de|ste|e|è|º|"
    r"ª)\s+(?:leerjaar|graad|jaar secundair|de)\b"
)
# What a spreadsheet makes of 6-8 or 10-12, and other dates.
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[ t]\d\d:\d\d(?::\d\d)?.*)?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|"
    r"\d\d)(?: \d\d?:\d\d.*)?|"
    r"\d{1,2}[-./ ]*(?:jan|feb|fev|fév|mar|mrt|maa|mär|apr|avr|abr|may|mei|mai|jun|juin|jul|juil|aug|aou|août|"
    r"ago|sep|set|oct|okt|out|"
    r"nov|dec|dez|déc|dic)[a-zéû]*\.?(?:[-./ ]*\d{2,4})?|"
    r"(?:jan|feb|fev|fév|mar|mrt|maa|mär|apr|avr|abr|may|mei|mai|jun|juin|jul|juil|aug|aou|août|ago|sep|set|oct|"
    r"okt|out|nov|dec|dez|"
    r"déc|dic)[a-zéû]*\.?[-./ ]*\d{1,4}|[34]\d{4}(?:\.0)?"
)
_LISTED = re.compile(r"\d{1,3}(?:\s*[,;/&+|]\s*\d{1,3})+(?:\s*(?:and|en|und|et|y|e|&)\s*\d{1,3})?")
_PARTS: Final = re.compile(
    rf"\s*[,;|]\s*|\s+(?:and|en|und|et|y|e|&|or|of|oder|ou)\s+(?=\d+\s*{_YEARS}?\s*(?:-|–|—|to|tot|bis|à|"
    rf"a)\s*\d)|\s*/\s*(?=\D)"
)
_OLDEST = 120
_ADULT = 18
_LONGEST = 200  # characters; ages stand at the beginning, and the patterns must stay cheap


@lru_cache(maxsize=4096)
def age_range(text: str) -> AgeRange | None:
    """(least, most) of one string, None on a side that is open; None when it names no age."""
    words = " ".join(text[:_LONGEST].split()).casefold().replace("t/m", "tot")
    if not words or is_date(words):
        return None
    if _SCHOOL.search(words):  # "grade 7 (12-13 years)" says both
        return _beside_a_school(words)
    if _LISTED.fullmatch(words):
        numbers = sorted(int(one) for one in re.findall(r"\d+", words))
        return _lawful(numbers[0], numbers[-1])
    parts = [part for part in _PARTS.split(words) if part]
    if len(parts) > 1:
        return joined(found for part in parts if (found := _one(part)))
    return _one(words)


def _beside_a_school(words: str) -> AgeRange | None:
    """The ages that a text of a school tells in so many words."""
    found = _IN_YEARS.search(words)
    if found is None:
        return None
    least, most = found[1] or found[3], found[2] or found[4]
    return _lawful(*sorted((int(least), int(most or least))))


def is_date(text: str) -> bool:
    """Whether a text is a date, most often one that a spreadsheet made of a range."""
    return _DATE.fullmatch(text.strip().casefold()) is not None


def _one(words: str) -> AgeRange | None:
    """What one part says."""
    words = _LABELLED.sub("", words)
    if found := _TO_ADULT.search(words):
        return _lawful(int(found[1]), None)
    if found := _BETWEEN.search(words):
        return _lawful(*sorted((int(found[1]), int(found[2]))))
    for pattern in (_ONWARDS, _FROM):
        if found := pattern.search(words):
            return _lawful(int(found[1]), None)
    if found := _UNTIL.search(words):
        return _lawful(None, int(found[1]))
    if found := _ONE.fullmatch(words) or _ONE_INSIDE.search(words):
        return _lawful(int(found[1]), int(found[1]))
    return (_ADULT, None) if _ADULTS.search(words) else None


def joined(ranges: Iterable[AgeRange]) -> AgeRange | None:
    """The range that covers all of them; open on a side where one of them is open."""
    known = tuple(ranges)
    if not known:
        return None
    least = [low for low, _ in known if low is not None]
    most = [high for _, high in known if high is not None]
    return min(least) if len(least) == len(known) else None, max(most) if len(most) == len(known) else None


def _lawful(least: int | None, most: int | None) -> AgeRange | None:
    return None if max(least or 0, most or 0) > _OLDEST else (least, most)
