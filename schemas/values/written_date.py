"""Dates as people and programs write them, rewritten in the form of ISO 8601 as far as they are sure.

"c2015", "[2015?]" and "spring 2015" are sure of the year, "2015-2016" of its beginning, "3 de mayo de 2020" and
"Wed, 04 Mar 2015 10:00:00 GMT" of everything. A time in words is read in the languages of Europe; a name of a month
that means two of them gives the year alone. What is before or after a date is none. No calendar in here: whether the
day exists is the caller's question.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

_LONGEST: Final = 80
_TYPED: Final = re.compile(r"(\d{4}(?:-\d\d){0,2})(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_NAMED_ZONE: Final = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:.*?)\s*(?:\[[^\]]*\]|\([^)]*\))", re.ASCII)
_CLOCK: Final = r"(\d{1,2}:\d\d(?::\d\d)?)(?:\.\d+)?"
_RFC_822: Final = re.compile(
    rf"(?:[^\W\d_]{{2,9}}\.?,?\s+)?(\d{{1,2}})[\s-]([^\W\d_]{{3,9}})\.?[\s-](\d{{4}}|"
    rf"\d\d)\s+{_CLOCK}\s*([A-Z]{{1,4}}|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_CTIME: Final = re.compile(
    rf"[^\W\d_]{{3}},?\s+([^\W\d_]{{3}})\s+(\d{{1,2}})\s+{_CLOCK}\s+(?:([A-Z]{{1,4}})\s+)?(\d{{4}})", re.ASCII
)
_ZONES: Final = {
    "GMT": "Z", "UTC": "Z", "UT": "Z", "Z": "Z", "WET": "Z", "BST": "+01:00", "CET": "+01:00", "MEZ": "+01:00",
    "WEST": "+01:00", "CEST": "+02:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00", "EST": "-05:00",
    "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00",
    "PDT": "-07:00",
}  # fmt: skip
_WITH_TIME: Final = re.compile(
    rf"(\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}),?\s+{_CLOCK}(?:\s*[AP]M)?", re.IGNORECASE | re.ASCII
)
_DOTTED: Final = re.compile(r"(\d{4})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{1,2})\.?", re.ASCII)
_PERIOD: Final = re.compile(r"(?:.*;\s*)?start=([^;]+);.*", re.IGNORECASE | re.DOTALL)
_SPAN: Final = re.compile(
    r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T[\d:.]+Z?)?\s*(?:/|–|—|--|\s-\s|\bto\b|\btot\b|\bbis\b|\bà\b|"
    r"\bau\b)\s*(?:\d{4}.*|\.\.|)",
    re.ASCII,
)
_YEARS: Final = re.compile(
    r"(\d{4})\s*(?:-|–|—|/|‑|\bto\b|\btot\b|\bbis\b|\bà\b|\ba\b|\ben\b|\band\b|&|\+)\s*(\d{4}|\d\d|)", re.ASCII
)
_INSTEAD: Final = re.compile(
    r"\[?\d{4}\]?,?\s*\[\s*(?:i\.\s?e\.?|recte|d\.\s?i\.|=)\s*(\d{4})\s*\]", re.IGNORECASE | re.ASCII
)
_NOT_THEN: Final = re.compile(
    r"\b(?:before|after|not|since|until|voor|vóór|na|sinds|tot|vor|nach|seit|avant|après|depuis|antes|después|"
    r"depois|desde|prima|dopo|"
    r"före|efter|før|etter|před|po|przed|bc|bce|v\.?\s?chr\.?|av\.?\s?j\.?-?c\.?)(?!\w)|[<>]|^-\d",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"\b(?:c|ca|circa|cop|cop\.|copyright|p|about|approx(?:imately)?|around|probably|rond|omstreeks|ongeveer|"
    r"vermoedelijk|um|etwa|"
    r"wohl|vers|environ|hacia|alrededor de|cerca de|verso|ok|kolem|około|noin|omkring|körül|mid|early|late|begin|"
    r"midden|eind|"
    r"anfang|mitte|ende|début|fin|between|from|van|von|de|du|le|published|erschienen|online|year|jaar|jahr|année|"
    r"anno|año|ano|"
    r"schooljaar|schuljahr|school year|academic year|academiejaar|année scolaire|curso|anno scolastico|ano letivo|"
    r"spring|summer|autumn|fall|winter|lente|voorjaar|zomer|herfst|najaar|frühling|frühjahr|sommer|herbst|"
    r"printemps|été|automne|"
    r"hiver|primavera|verano|otoño|invierno|verão|outono|inverno|estate|autunno|vår|sommar|höst|vinter|forår|"
    r"efterår|høst|kevät|"
    r"kesä|syksy|talvi|jaro|léto|podzim|zima|wiosna|lato|jesień|tavasz|nyár|ősz|tél|hilary|trinity|michaelmas|"
    r"wintersemester|sommersemester|semester|ws|ss|wise|sose|trimest(?:er|re)|quarter|kwartaal|quartal|trimestre|"
    r"q[1-4]|[1-4]e|"
    r"w(?:eek)?\s?\d\d?(?:-\d)?)\b\.?|[©℗~?\[\]()]|\([cp]\)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"^(?:of|de|del|di|van|en|in|the|des|do)\s+(?=\d)", re.IGNORECASE)
_GLUED: Final = re.compile(r"(?:\bc|\bca|\bcop|©|\bp)\.?(?=\d{4}\b)", re.IGNORECASE)
_WEEK: Final = re.compile(r"(\d{4})-?(?:W\d\d(?:-\d)?|Q[1-4]|S[12]|T[1-4]|(?:2[1-4]|3[0-9]|4[01]))", re.ASCII)
_YEAR: Final = re.compile(r"\D*(\d{4})(?:\D+(?:c\.?\s?)?\d{4})?\D*", re.ASCII)
_NUMBER: Final = re.compile(r"\d+|[^\W\d_]+", re.UNICODE)
_LITTLE_WORDS: Final = (
    "de del d do di da of the den der le am el m d gada g r god година года року р an a ain on vom la i "
    "et st nd rd th er e ste º ª o y mon tue wed thu fri sat sun monday tuesday wednesday thursday friday "
    "saturday sunday maandag dinsdag woensdag donderdag vrijdag zaterdag zondag montag dienstag mittwoch "
    "donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes "
    "miercoles jueves viernes sabado domingo lunedi martedi giovedi venerdi ma di wo do vr za zo"
)
_FILLERS: Final = frozenset(_LITTLE_WORDS.split(" "))
_MORE_MONTHS: Final = {
    "sept": 9, "mrt": 3, "maa": 3, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "aou": 8, "abr": 4, "ago": 8, "set": 9,
    "out": 10, "dez": 12, "gen": 1, "giu": 6, "lug": 7, "ott": 10, "dic": 12, "mai": 5, "okt": 10,
}  # fmt: skip


def rewritten(text: str) -> str | None:
    """The text as ISO 8601 (year, month, day or moment), not necessarily a day that exists; None where unsure."""
    plain = " ".join(text.split()).strip(" .,;:")
    if not plain or len(plain) > _LONGEST or not any(map(str.isdigit, plain)):
        return None
    return _of_program(plain) or _in_words(plain) or _roughly(plain)


def month_of(word: str) -> int | None:
    """The number of a month by its name in any language of Europe, 0 where it means two; None where it is none."""
    return _months().get(_folded(word))


def _of_program(text: str) -> str | None:
    """xsd's dates with a zone, RFC 822, ctime, periods of Dublin Core, dates with dots or a time behind them."""
    if match := _TYPED.fullmatch(text):
        return match[1]
    if match := _NAMED_ZONE.fullmatch(text):
        return match[1]
    if match := _RFC_822.fullmatch(text):
        day, name, year, clock, zone = match.groups()
        return _moment(year, month_of(name), day, clock, zone)
    if match := _CTIME.fullmatch(text):
        name, day, clock, zone, year = match.groups()
        return _moment(year, month_of(name), day, clock, zone)
    if match := _WITH_TIME.fullmatch(text):
        return match[1]
    if match := _DOTTED.fullmatch(text):
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    if match := _PERIOD.fullmatch(text):
        return match[1].strip()
    return None


def _moment(year: str, month: int | None, day: str, clock: str, zone: str | None) -> str | None:
    if not month:
        return None
    if len(year) == 2:
        year = f"{'19' if int(year) > 69 else '20'}{year}"
    offset = _ZONES.get(zone or "", zone if zone and zone[0] in "+-" else "")
    hour, _, rest = clock.partition(":")
    return f"{year}-{month:02}-{int(day):02}T{int(hour):02}:{rest}{offset}"


def _in_words(text: str) -> str | None:
    """Day, name of a month and year in any order, with what languages put between them."""
    words = _NUMBER.findall(text)
    names = [month for word in words if not word.isdigit() and (month := month_of(word)) is not None]
    numbers = [word for word in words if word.isdigit()]
    others = [word for word in words if not word.isdigit() and month_of(word) is None and _folded(word) not in _FILLERS]
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(names) != 1 or len(years) != 1 or len(days) > 1 or len(numbers) != len(years) + len(days) or others:
        return None
    if names[0] == 0:
        return str(years[0])
    return f"{years[0]}-{names[0]:02}" + (f"-{int(days[0]):02}" if days else "")


def _roughly(text: str) -> str | None:
    """The year, or the first day, of what is only about right."""
    if match := _INSTEAD.fullmatch(text):
        return match[1]
    if match := _WEEK.fullmatch(text):
        return match[1]
    if _NOT_THEN.search(text):
        return None
    plain = " ".join(_ABOUT.sub(" ", _GLUED.sub(" ", text)).split()).strip(" .,;:-–—")
    for candidate in (text.strip("[]() "), plain):
        if match := _SPAN.fullmatch(candidate):
            return match[1]
        if match := _YEARS.fullmatch(candidate):
            return match[1] if _follows(match[1], match[2]) else None
    if plain != text and (found := _in_words(plain)):
        return found
    if re.fullmatch(r"\d{4}(?:-\d\d){0,2}", plain, re.ASCII) and plain != text:
        return plain
    plain = _LINK.sub("", plain)
    match = _YEAR.fullmatch(plain)
    if match is None or any(map(str.isalpha, re.sub(r"\bc\b", "", plain.casefold()))):
        return None
    return match[1]


def _follows(first: str, second: str) -> bool:
    """Whether the second year of a span comes after the first: "2015-16" does, "2020-13" is no span."""
    if len(second) == 2:
        return int(first) < int(first[:2] + second)
    return not second or int(first) <= int(second)


@cache
def _months() -> dict[str, int]:
    text = (files("schemas") / "data" / "names" / "months.tsv").read_text("utf-8")
    found = dict(_MORE_MONTHS)
    for line in text.splitlines():
        name, _, numbers = line.partition("\t")
        if numbers:
            found[name] = 0 if "," in numbers else int(numbers)
    return found


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold()).replace("ł", "l").replace("ı", "i")
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).strip(".")
