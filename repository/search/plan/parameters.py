"""What is asked of the search: the parameters of api.md as one struct, every mistake told by the parameter's name.

The same reading serves the API, the pages, the feeds, SRU and saved searches; the API refuses what the others pass
over. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeVar

import msgspec

from repository.published import SHIFT
from repository.search.language.query import MOST_BYTES, is_too_long
from schemas.errors import Problem
from schemas.language import is_spoken, normalise
from schemas.summary.age import age_range

Sort = Literal["relevance", "newest", "title"]
Choice = TypeVar("Choice", bound=str)

FLAT: Final = ("type", "license", "open", "language", "audience", "format", "source", "organisation", "collection")
TREES: Final = ("subject", "level")
FACETS: Final = (*TREES, *FLAT, "age")
VALUES: Final = frozenset((*TREES, *FLAT))  # filters by value
REPEATED: Final = (*TREES, *FLAT, "age")
SINGLE: Final = ("q", "from", "until", "sort", "size", "cursor", "facets", "highlight", "prefer", "lang")
PARAMETERS: Final = frozenset((*REPEATED, *SINGLE))
SORTS: Final[tuple[Sort, ...]] = ("relevance", "newest", "title")
MOST_SIZE: Final = 100
SIZE: Final = 20
MOST_VALUES: Final = 100  # of one filter
MOST_VALUE: Final = 512  # characters
_TRUTH: Final = dict.fromkeys(("true", "yes", "ja", "oui", "1"), "true") | dict.fromkeys(
    ("false", "no", "nee", "nein", "non", "0"), "false"
)
_OLDEST: Final = 120
_WORDED: Final = re.compile(r"[^\W\d_]|[+–—]")
_AGE: Final = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?Z)?)?)?", re.ASCII)


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One search. `filters` in the order of REPEATED; ages in years; positions inclusive, None is open."""

    q: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ages: tuple[tuple[int, int], ...] = ()
    since: int | None = None
    until: int | None = None
    dates: tuple[str, str] = ("", "")  # from and until as they were written
    sort: Sort | None = None  # None: relevance when words are asked for, else newest
    size: int = SIZE
    cursor: str | None = None
    facets: tuple[str, ...] = ()
    highlight: bool = False
    prefer: str | None = None  # the language that stands first among near-equals

    @property
    def order(self) -> Sort:
        """The order that holds: without words there is no relevance."""
        if self.q.strip():
            return self.sort or "relevance"
        return "title" if self.sort == "title" else "newest"

    def values(self, name: str) -> tuple[str, ...]:
        """The values of one filter, ages as they are written."""
        if name == "age":
            return tuple(str(low) if low == high else f"{low}-{high}" for low, high in self.ages)
        return dict(self.filters).get(name, ())

    def pairs(self, *, paging: bool = False) -> list[tuple[str, str]]:
        """The parameters that say this search again, in one order; with sort and size when `paging`."""
        found = [("q", self.q)] if self.q.strip() else []
        found += [(name, value) for name in REPEATED for value in self.values(name)]
        found += [(name, date) for name, date in zip(("from", "until"), self.dates, strict=True) if date]
        if self.sort is not None:
            found.append(("sort", self.sort))
        if self.prefer is not None:
            found.append(("prefer", self.prefer))
        if paging and self.size != SIZE:
            found.append(("size", str(self.size)))
        return found


def read(pairs: Iterable[tuple[str, str]]) -> tuple[Search, tuple[Problem, ...]]:
    """The search that parameters ask for, and what is wrong with them; what is wrong is left out of the search."""
    reader = _Reader(pairs)
    return reader.search(), tuple(reader.problems)


class _Reader:
    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.given: dict[str, list[str]] = {}
        for name, value in pairs:
            self.given.setdefault(name, []).append(value)
        self.problems: list[Problem] = []

    def search(self) -> Search:
        for name in self.given:
            if name not in PARAMETERS:
                self._problem(name, "unknown_parameter", f"There is no parameter {name} here.")
        self._facets()
        since, until = self._date("from"), self._date("until")
        return Search(
            q=self._query(),
            filters=tuple((name, found) for name in (*TREES, *FLAT) if (found := self._values(name))),
            ages=self._ages(),
            since=None if since is None else _from_position(since[0]),
            until=None if until is None else _until_position(until[1]),
            dates=(since[2] if since else "", until[2] if until else ""),
            sort=self._choice("sort", SORTS),
            size=self._size(),
            cursor=self._one("cursor") or None,
            facets=self._facets(),
            highlight=self._choice("highlight", ("true", "false")) == "true",
            prefer=self._language("prefer"),
        )

    def _problem(self, name: str, code: str, sentence: str) -> None:
        problem = Problem(name, code, sentence)
        if problem not in self.problems:
            self.problems.append(problem)

    def _bad(self, name: str, sentence: str) -> None:
        self._problem(name, "bad_value", sentence)

    def _one(self, name: str) -> str | None:
        values = self.given.get(name, [])
        if len(values) > 1:
            self._problem(name, "repeated_parameter", f"The parameter {name} may be given once.")
        return values[0] if values else None

    def _query(self) -> str:
        text = self._one("q") or ""
        if is_too_long(text):
            self._bad("q", f"q may have {MOST_BYTES} bytes at most.")
        return text

    def _values(self, name: str) -> tuple[str, ...]:
        values = list(dict.fromkeys(self.given.get(name, ())))
        if len(values) > MOST_VALUES:
            self._bad(name, f"{name} may be given {MOST_VALUES} times at most.")
        if any(not value or len(value) > MOST_VALUE for value in values):
            self._bad(name, f"{name} must have a value of {MOST_VALUE} characters at most.")
        if name == "open":
            values = [_TRUTH.get(value.strip().casefold(), value) for value in values]
        if name == "open" and any(value not in ("true", "false") for value in values):
            self._bad(name, "open must be true or false.")
            values = [value for value in values if value in ("true", "false")]
        return tuple(value for value in values if value and len(value) <= MOST_VALUE)[:MOST_VALUES]

    def _ages(self) -> tuple[tuple[int, int], ...]:
        found: dict[tuple[int, int], None] = {}
        for text in self.given.get("age", ())[:MOST_VALUES]:
            match = _AGE.fullmatch(text)
            worded = age_range(text) if match is None and _WORDED.search(text) else None
            if match is not None:
                low, high = sorted((int(match[1]), int(match[2] or match[1])))
                found[low, high] = None
            elif worded is not None:
                found[worded[0] or 0, _OLDEST if worded[1] is None else worded[1]] = None
            else:
                self._bad("age", "age must be years such as 12 or 6-12.")
        return tuple(found)

    def _date(self, name: str) -> tuple[datetime, datetime, str] | None:
        """(first second, last second, as written) of a date."""
        text = self._one(name)
        if text is None:
            return None
        bounds = _bounds(text)
        if bounds is None:
            self._bad(name, f"{name} must be a date such as 2026-11-21 or 2026-11-21T20:14:02Z.")
            return None
        return (*bounds, text)

    def _choice(self, name: str, values: Sequence[Choice]) -> Choice | None:
        text = self._one(name)
        for value in values:
            if text == value:
                return value
        if text is None:
            return None
        self._bad(name, f"{name} must be one of: {', '.join(values)}.")
        return None

    def _language(self, name: str) -> str | None:
        """The language of a tag, without its region: nl stands for nl-BE too."""
        text = self._one(name)
        if text is None:
            return None
        tag = normalise(text).value
        if tag is None or not is_spoken(tag):
            self._bad(name, f"{name} must be a language tag such as nl.")
            return None
        return tag.partition("-")[0]

    def _size(self) -> int:
        text = self._one("size")
        if text is None:
            return SIZE
        if text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MOST_SIZE:
            return int(text)
        self._bad("size", f"size must be a whole number from 0 to {MOST_SIZE}.")
        return SIZE

    def _facets(self) -> tuple[str, ...]:
        text = self._one("facets")
        if text is None:
            return ()
        names = [name.strip() for name in text.split(",") if name.strip()]
        if any(name not in FACETS for name in names):
            self._bad("facets", f"facets must be names out of: {', '.join(FACETS)}.")
        return tuple(name for name in dict.fromkeys(names) if name in FACETS)


def _bounds(text: str) -> tuple[datetime, datetime] | None:
    """The first and the last second of a year, a month, a day, or one second; None when it is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (None if part is None else int(part) for part in match.groups())
    try:
        first = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        if hour is not None:
            return first, first + timedelta(seconds=0 if second is not None else 59)
        if day is not None:
            following = first + timedelta(days=1)
        elif month is not None:
            following = first.replace(year=first.year + month // 12, month=month % 12 + 1)
        else:
            following = first.replace(year=first.year + 1)
    except (ValueError, OverflowError):
        return None
    return first, following - timedelta(seconds=1)


def _from_position(first: datetime) -> int:
    return max(0, (int(first.timestamp()) + 1) // 2 << SHIFT)


def _until_position(last: datetime) -> int:
    return max(-1, (int(last.timestamp()) // 2 + 1 << SHIFT) - 1)
