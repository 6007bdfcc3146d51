"""Errors of the API as RFC 9457 problem documents: every problem listed, one plain sentence in `detail`.

The one place where errors of the rooms below become HTTP (design.md 4; hand.md, errors). Nothing here may tell what
a draft holds, or that it exists.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from repository import errors
from repository.search.errors import IndexDamaged, SearchUnavailable
from schemas.errors import Problem, UnknownFormat, UnknownProfile, Unreadable

MEDIA_TYPE = "application/problem+json"
TYPES = "https://w3id.org/oerbron/problem/"
log = logging.getLogger(__name__)


class ApiError(Exception):
    """Raised by views of the API: a status, the last part of the problem's type, one sentence, and the problems."""

    def __init__(self, status: int, kind: str, detail: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.problems = tuple(problems)
        self.headers: dict[str, str] = {}

    def with_headers(self, **headers: str) -> ApiError:
        """The same error with response headers; underscores in names stand for hyphens."""
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self


_STATUS: tuple[tuple[type[errors.RepositoryError], int, str], ...] = (
    (errors.NotFound, 404, "not-found"),
    (errors.Gone, 410, "gone"),
    (errors.Refused, 409, "refused"),
    (errors.Forbidden, 403, "forbidden"),
    (errors.Stale, 412, "stale"),
    (errors.Invalid, 422, "invalid"),
    (errors.Busy, 503, "busy"),
    (errors.ClockRefused, 503, "clock-refused"),
    (errors.DatabaseError, 503, "database"),
)


def api_error_of(error: errors.RepositoryError) -> ApiError:
    """The answer that an error of the repository becomes."""
    for kind, status, name in _STATUS:
        if isinstance(error, kind):
            problems = getattr(error, "problems", ())
            sentence = public_sentence(error)
            if status == 422 and not problems:
                problems = (Problem("", name, str(error)),)
            answer = ApiError(status, name, sentence, problems)
            if status == 503:
                answer.with_headers(Retry_After=str(getattr(error, "retry_after_s", 10)))
            return answer
    return ApiError(500, "internal", "The server could not do this.")


def public_sentence(error: errors.RepositoryError) -> str:
    """What strangers are told: a driver's own words name addresses, users and files of the machine."""
    if isinstance(error, errors.DatabaseError):
        return "The database cannot be used just now; try again in a moment."
    if isinstance(error, IndexDamaged):
        return "The search index is being made; try again in a moment."
    if isinstance(error, SearchUnavailable) and error.__cause__ is not None:
        return "The search cannot answer just now; try again in a moment."
    return str(error)


def problem(error: ApiError, more: Mapping[str, object] | None = None) -> Response:
    """The problem document of an error; `more` are extension members (RFC 9457, 3.2)."""
    document = dict(more or {}) | {
        "type": TYPES + error.kind,
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        "problems": error.problems,
    }
    response = Response(msgspec.json.encode(document), error.status, content_type=MEDIA_TYPE)
    response.headers.update(error.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def of_http(error: HTTPException) -> ApiError:
    """What Flask itself refuses (no such route, method, size), as an error of the API."""
    status = error.code or 500
    kind = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "http")
    sentence = {
        404: "There is nothing at this address.",
        405: f"{request.method} is not possible here.",
        413: "The body is too large.",
    }.get(status, error.description or HTTPStatus(status).phrase)
    answer = ApiError(status, kind, sentence)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.with_headers(Allow=", ".join(sorted(error.valid_methods)))
    return answer


def is_api(path: str) -> bool:
    """Whether errors under this path are problem documents."""
    return path == "/api" or path.startswith("/api/")


def register(app: Flask) -> None:
    """Turn every error that leaves a view of the API into a problem document; pages have their own handlers."""

    @app.errorhandler(ApiError)
    def _api(error: ApiError) -> Response:
        return problem(error)

    @app.errorhandler(UnknownProfile)
    @app.errorhandler(UnknownFormat)
    def _unknown(error: UnknownProfile | UnknownFormat) -> Response:
        return problem(ApiError(400, "parameter", str(error)))

    @app.errorhandler(Unreadable)
    def _unreadable(error: Unreadable) -> Response:
        found = Problem(path=error.place, code=error.code, message=error.message)
        return problem(ApiError(422, "unreadable", error.message, (found,)))
