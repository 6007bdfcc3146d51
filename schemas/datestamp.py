"""Dates, durations and sizes as received, brought into one form; and the datestamps of OAI-PMH, strictly.

Two kinds of time live here and must not mix. What metadata say is read kindly: `30-04-2012`, `11. November 2022`,
`18Kbytes` and `47m58s` all mean something, and what cannot be read gives None, for `raw` is kept. What a harvester asks
is read strictly: OAI-PMH 2.0, 3.3 knows two forms and every other one is badArgument. No clock in here: seconds since
the epoch, UTC, come in from outside.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal, NamedTuple

from schemas.values.written_date import rewritten

Precision = Literal["year", "month", "day", "second"]
Granularity = Literal["day", "second"]


class Date(NamedTuple):
    """`value` is ISO 8601: `2012`, `2012-04`, `2012-04-30`, `2012-04-30T08:15:00`, with Z (UTC) where a zone was given.

    Both are None where no date could be read.
    """

    value: str | None = None
    precision: Precision | None = None


class Bound(NamedTuple):
    """A `from` or `until` of OAI-PMH: its first and last second since the epoch (a day has 86,400 of them)."""

    first: int
    last: int
    granularity: Granularity


_ISO = re.compile(
    r"(\d{4})(?:([-/.]?)(\d{1,2})(?:\2(\d{1,2}))?)?"
    r"(?:[T ]\s*(\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE | re.ASCII,
)
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
# IEEE 1484.12.3, DateTimeString: a zone only after fractional seconds.
_LOM = re.compile(
    r"(?!0000)\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3])"
    r"(:[0-5]\d(:[0-5]\d(\.\d+(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?)?)?)?)?)?)?",
    re.ASCII,
)
_ISO_DURATION = re.compile(
    r"P?(?:(\d+(?:[.,]\d+)?)Y)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(T)?(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?",
    re.IGNORECASE | re.ASCII,
)
_UNIT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([^\W\d_]+)\.?")
_UNIT_STEMS = (
    ("S", ("s", "sec", "secs", "seconde", "seconden", "secondes", "second", "seconds", "sekunde", "sekunden", "sek")),
    ("M", ("m", "min", "mins", "minute", "minutes", "minuut", "minuten", "minuto", "minutos", "mn")),
    ("H", ("h", "hr", "hrs", "hour", "hours", "uur", "uren", "u", "heure", "heures", "stunde", "stunden", "hora")),
    ("D", ("d", "day", "days", "dag", "dagen", "jour", "jours", "tag", "tage", "tagen", "dia", "dias")),
    ("W", ("w", "week", "weeks", "weken", "semaine", "semaines", "woche", "wochen", "semana", "semanas")),
    ("MONTH", ("month", "months", "maand", "maanden", "mois", "monat", "monate", "mes", "meses")),
    ("Y", ("y", "year", "years", "jaar", "jaren", "an", "ans", "année", "années", "jahr", "jahre", "ano", "anos")),
)  # fmt: skip
_UNITS = {word: unit for unit, words in _UNIT_STEMS for word in words}
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{2})")
_HOURS_AND = re.compile(r"([0-9]{1,3})\s*(?:h|u|uur|heures?)\s*([0-5][0-9])", re.IGNORECASE)
_SIZE = re.compile(
    r"(?:about|ca\.?|±|~)?\s*([0-9.,\s]*[0-9])\s*(?:([kmgt])i?)?\s*(?:b|o|byte|bytes|octets?|bytes?)?", re.IGNORECASE
)
_OAI_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OAI_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


@lru_cache(maxsize=16384)
def read_date(raw: str) -> Date:
    """The date a text holds, in the forms of ISO 8601 and in those people write (schemas.values.written_date).

    `06/07/2012` is a day in July to some and in June to others: only its year is taken. Zeros for what is unknown
    (`2008-11-00`) shorten the date. A day that is in no calendar gives nothing.
    """
    found = _plain_date(raw.strip())
    if found is not None:
        return found
    other = rewritten(raw)
    return (_plain_date(other) if other is not None else None) or Date()


def is_iso_date(raw: str) -> bool:
    """Whether a text is a date in a form of ISO 8601."""
    return _ISO.fullmatch(raw.strip()) is not None


def is_impossible(raw: str) -> bool:
    """Whether a text has the form of a date and is none: a 30th of February, a month 13, zeros throughout."""
    if read_date(raw).value is not None:
        return False
    text = raw.strip()
    return bool(_ISO.fullmatch(text) or _DAY_FIRST.fullmatch(text)) or rewritten(raw) is not None


def _plain_date(text: str) -> Date | None:
    """The date of a text in figures; None where it has another form."""
    match = _ISO.fullmatch(text)
    if match and not (match[2] in ("-", "/") and match[3] and not match[4] and not match[5] and int(match[3]) > 12):
        return _iso(match)
    if match := _DAY_FIRST.fullmatch(text):
        first, mark, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
        if mark == "/" and second > 12:
            first, second = second, first
        elif mark == "/" and first <= 12 and first != second:
            return _whole(year, 0, 0)
        return _whole(year, second, first)
    return None


def _iso(match: re.Match[str]) -> Date:
    year, _, month, day, hour, minute, second, zone = match.groups()
    if day is None and month is not None and hour is None and match[2] == "" and len(match[0]) > 4:
        return Date()  # "200811" may be a year, a month or a number
    if hour is None or day is None:
        return Date() if hour is not None else _whole(int(year), int(month or 0), int(day or 0))
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute or 0), min(int(second or 0), 59))
        if zone is None:
            return Date(moment.isoformat(timespec="seconds"), "second")
        return Date(
            moment.replace(tzinfo=_zone(zone)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20), "second"
        )
    except (ValueError, OverflowError):
        return _whole(int(year), int(month), int(day))


def _zone(text: str) -> timezone:
    digits = text[1:].replace(":", "")
    if not digits.isdigit():
        return UTC
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _whole(year: int, month: int, day: int) -> Date:
    """A date without a time; a zero month or day is an unknown one, a day that is in no calendar gives nothing."""
    if year == 0:
        return Date()
    if month == 0:
        return Date(f"{year:04}", "year")
    if day == 0:
        return Date(f"{year:04}-{month:02}", "month") if month <= 12 else Date()
    try:
        return Date(date(year, month, day).isoformat(), "day")
    except ValueError:
        return Date()


@lru_cache(maxsize=4096)
def lom_datetime(text: str) -> str | None:
    """The date in a form that the LOM schema admits, None where there is none: its pattern wants `.0Z`, never `Z`."""
    plain = text.strip()
    if _LOM.fullmatch(plain):
        return plain
    value = read_date(plain).value
    return value[:-1] + ".0Z" if value and value.endswith("Z") else value


def is_lom_datetime(text: str) -> bool:
    """Whether the LOM schema admits the text as it stands."""
    return _LOM.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def read_duration(raw: str) -> str | None:
    """The normal form of a duration: ISO 8601 without weeks, zeros or leading zeros ("PT2M25S"), None if unreadable.

    Read are ISO 8601 in any case (the P may be missing), clock times (`1:30:00`), numbers with units in six languages.
    A number without a unit says nothing.
    """
    text = raw.strip()
    if re.search(r"\d", text) is None:
        return None
    match = _ISO_DURATION.fullmatch(text)
    if match and (match[5] or text[0] in "Pp"):
        years, months, weeks, days, _, hours, minutes, seconds = match.groups()
        return _duration(_n(years), _n(months), _n(weeks) * 7 + _n(days), _n(hours), _n(minutes), _n(seconds))
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups() if clock[1] else (clock[2], clock[3], "0")
        return _duration(0, 0, 0, _n(hours), _n(minutes), _n(seconds))
    if french := _HOURS_AND.fullmatch(text):
        return _duration(0, 0, 0, _n(french[1]), _n(french[2]), 0)
    amounts: dict[str, float] = {}
    rest = _UNIT.sub("", text)
    for number, word in _UNIT.findall(text):
        unit = _UNITS.get(word.lower())
        if unit is None or unit in amounts:
            return None
        amounts[unit] = _n(number)
    if not amounts or re.sub(
        r"\b(?:and|en|et|und|ca|circa|about|approx|ongeveer|environ|etwa)\b|[\s,.±~:]", "", rest.lower()
    ):
        return None
    days = amounts.get("W", 0) * 7 + amounts.get("D", 0)
    return _duration(
        amounts.get("Y", 0),
        amounts.get("MONTH", 0),
        days,
        amounts.get("H", 0),
        amounts.get("M", 0),
        amounts.get("S", 0),
    )


def _n(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0


def _duration(years: float, months: float, days: float, hours: float, minutes: float, seconds: float) -> str:
    """The six places as text; fractions move into the next smaller place, as far down as there is a fixed factor."""
    months += years % 1 * 12
    hours += days % 1 * 24
    minutes += hours % 1 * 60
    seconds = round(seconds + minutes % 1 * 60, 3)
    day = "".join(f"{int(n)}{unit}" for n, unit in ((years, "Y"), (months, "M"), (days, "D")) if int(n))
    time = "".join(f"{int(n)}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if int(n))
    if seconds:
        time += f"{seconds:.3f}".rstrip("0").rstrip(".") + "S"
    if not day and not time:
        return "PT0S"
    return f"P{day}T{time}" if time else f"P{day}"


@lru_cache(maxsize=4096)
def read_size(raw: str) -> int | None:
    """A size in bytes: `734003.2`, `18Kbytes`, `1,99 MB`, `3.113.637 bytes` (K is 1024); None if unreadable."""
    match = _SIZE.fullmatch(raw.strip())
    if match is None:
        return None
    number = match[1].replace(" ", "").replace("\u00a0", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}|\d{1,3}(,\d{3}){2,}", number):
        number = re.sub(r"[.,]", "", number)
    try:
        amount = float(number.replace(",", "."))
    except ValueError:
        return None
    return round(amount * 1024.0 ** " kmgt".index((match[2] or " ").lower()))


def utc_datestamp(seconds: float) -> str:
    """A datestamp of second granularity: "2026-11-21T20:14:02Z"; fractions are cut off."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


def parse_datestamp(text: str) -> Bound | None:
    """A `from` or `until` exactly as OAI-PMH 2.0 (3.3) writes them, UTC; None for every other form (badArgument)."""
    try:
        if _OAI_SECOND.fullmatch(text):
            second = calendar.timegm(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").timetuple())
            return Bound(second, second, "second")
        if _OAI_DAY.fullmatch(text):
            day = calendar.timegm(date.fromisoformat(text).timetuple())
            return Bound(day, day + 86_399, "day")
    except ValueError:
        return None
    return None
