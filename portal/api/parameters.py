"""Reading requests to the API: query parameters, preconditions, waiting; a mistake is named, never guessed away.

Unknown parameters are an error (api.md): a typo must never widen what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from flask import g, request

from portal.web import i18n
from portal.web.problems import ApiError
from repository.published import position_of
from schemas.errors import Problem

P = ParamSpec("P")
R = TypeVar("R")

MOST_POSITION: Final = position_of(1 << 38)
MOST_WAIT_S: Final = 30
ETAGS: Final = r'(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*'
"""The entity tags that If-Match may hold (RFC 9110, 13.1.1)."""
_ETAGS: Final = re.compile(ETAGS)
_ETAG: Final = re.compile(r'(?:W/)?"([^"]*)"')


def parameters(*names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view take these query parameters, each at most once; any other one is a 400 that names it."""
    allowed = frozenset(names)

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            check_parameters(allowed)
            return view(*args, **kwargs)

        checked.parameters = allowed  # type: ignore[attr-defined]
        return checked

    return decorate


def check_parameters(allowed: frozenset[str]) -> None:
    """Raise a 400 that names every query parameter that is unknown or given twice."""
    problems = [
        Problem(name, "unknown_parameter", f"There is no parameter {name} here.")
        for name in request.args
        if name not in allowed
    ] + [
        Problem(name, "repeated_parameter", f"The parameter {name} may be given once.")
        for name, values in request.args.lists()
        if name in allowed and len(values) > 1
    ]
    if problems:
        names = ", ".join(problem.path for problem in problems)
        raise ApiError(400, "parameter", f"These parameters are not understood: {names}.", problems)


def bad_parameter(name: str, sentence: str) -> ApiError:
    """400 for a senseless value of one parameter."""
    return ApiError(400, "parameter", sentence, (Problem(name, "bad_value", sentence),))


def whole_number(name: str, default: int, low: int, high: int) -> int:
    """A whole number among the query parameters, within its bounds."""
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18 or not low <= int(text) <= high:
        raise bad_parameter(name, f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def choice(name: str, values: tuple[str, ...]) -> str | None:
    """One of a few words among the query parameters; None when it is not given."""
    text = request.args.get(name)
    if text is not None and text not in values:
        raise bad_parameter(name, f"{name} must be one of: {', '.join(values)}.")
    return text


def languages(site_languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages for labels, best first: `lang=`, else Accept-Language, else the site's."""
    wish = request.args.get("lang")
    if wish is not None and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", wish):
        raise bad_parameter("lang", "lang must be a language tag such as nl.")
    first = (wish or "")[:3].partition("-")[0].lower() or i18n.chosen_by_header(request, site_languages)
    g.language = first
    return i18n.labels_in(first, site_languages)


def if_match() -> int | None:
    """The revision that If-Match names, None without the header or for `*`.

    A tag of ours is "N" or "N-position-language" (design.md, settled questions): only N is looked at.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    if not _ETAGS.fullmatch(header.strip()):
        raise ApiError(400, "header", "If-Match must be an entity tag in quotes, as ETag gave it.")
    numbers = [tag.split("-")[0] for tag in _ETAG.findall(header)]
    known = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 10]
    if not known:
        raise ApiError(412, "stale", "If-Match names no revision of this record; give the ETag of its newest one.")
    return max(known)


def wait_s() -> float:
    """How many seconds `Prefer: wait=N` asks to wait until the write is public; 0 without the header."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,4})", request.headers.get("Prefer", ""))
    return float(min(int(found.group(1)), MOST_WAIT_S)) if found else 0.0
