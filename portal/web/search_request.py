"""The search that a request asks for: the API refuses what makes no sense, pages and feeds ignore it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from flask import request

from portal.web.problems import ApiError
from repository.search.language.query import cut, is_too_long
from repository.search.plan import parameters
from repository.search.plan.parameters import Search
from schemas.errors import Problem

Pair = tuple[str, str]


def asked_leniently(pairs: Iterable[Pair]) -> Search:
    """The search that parameters ask for; what is wrong is ignored, a query that is too long is cut."""
    search, _ = parameters.read(pairs)
    return msgspec.structs.replace(search, q=cut(search.q).strip()) if is_too_long(search.q) else search


def asked_of_request() -> Search:
    """The search that this request's parameters ask for; raises 400 that names everything wrong."""
    search, problems = parameters.read(list(request.args.items(multi=True)))
    refuse(problems)
    return search


def refuse(problems: Sequence[Problem]) -> None:
    """Raise 400 that names every parameter that is wrong, if there is one."""
    if problems:
        names = ", ".join(dict.fromkeys(problem.path for problem in problems))
        detail = problems[0].message if len(problems) == 1 else f"These parameters are not understood: {names}."
        raise ApiError(400, "parameter", detail, tuple(problems))


def asked_of_page(pairs: Iterable[Pair]) -> tuple[Search, tuple[Pair, ...]]:
    """The search of a page, and the filters that make no sense in it as (name, value): those must not be ignored.

    What only shapes the answer (`sort=best`, a parameter that is none) is ignored, a query that is too long is cut.
    """
    pairs = list(pairs)
    search, problems = parameters.read(pairs)
    if is_too_long(search.q):
        search = msgspec.structs.replace(search, q=cut(search.q).strip())
    names = {problem.path for problem in problems} & {*parameters.REPEATED, "from", "until"}
    known = set(search.pairs())
    return search, tuple(
        (name, value) for name, value in pairs if name in names and (name, value) not in known and value
    )
