"""Errors of the API are problem documents with every problem listed."""

import pytest
from flask import Flask

from portal.web import problems
from portal.web.problems import ApiError
from repository import errors
from schemas.errors import Problem


def test_a_problem_document_lists_every_problem() -> None:
    found = (
        Problem("general.title", "no_title", "A title is missing."),
        Problem("rights", "no_licence", "None.", "info"),
    )

    answer = problems.problem(ApiError(422, "invalid", "The body cannot be taken.", found))

    assert answer.content_type == "application/problem+json"
    assert answer.status_code == 422
    body = answer.get_json(force=True)
    assert body["type"].endswith("/invalid")
    assert body["title"] == "Unprocessable Entity"
    assert body["status"] == 422
    assert [problem["severity"] for problem in body["problems"]] == ["error", "info"]
    assert body["problems"][0] == {
        "path": "general.title",
        "code": "no_title",
        "message": "A title is missing.",
        "severity": "error",
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("x"), 404),
        (errors.Gone("x"), 410),
        (errors.Refused("x"), 409),
        (errors.Forbidden("x"), 403),
        (errors.Stale("x"), 412),
        (errors.Invalid("x"), 422),
        (errors.Busy("x"), 503),
        (errors.DatabaseError("x"), 503),
    ],
)
def test_errors_of_the_repository_have_their_status(error: errors.RepositoryError, status: int) -> None:
    assert problems.api_error_of(error).status == status


def test_busy_says_when_to_come_back() -> None:
    assert problems.api_error_of(errors.Busy("x", 17)).headers["Retry-After"] == "17"


def test_a_view_of_the_api_may_raise_one() -> None:
    app = Flask("test")
    problems.register(app)

    @app.get("/api/x")
    def _view() -> str:
        raise ApiError(428, "precondition", "If-Match is missing.").with_headers(X_Why="because")

    answer = app.test_client().get("/api/x")

    assert answer.status_code == 428
    assert answer.headers["X-Why"] == "because"
