"""POST /validate: every problem at once, by the body's own schema and by a profile; nothing is stored (api.md)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.test_api_writing import AMB, LOM, TREE
from tests.support.api import Api, body_of, codes_of
from tests.support.deposit import count

VALIDATE = "/api/v1/validate"


def _judged(api: Api, query: str = "", **given: Any) -> dict[str, Any]:
    response = api.anybody.post(VALIDATE + query, **given)
    assert response.status_code == 200, response.text
    return body_of(response)


@pytest.mark.parametrize(
    "given",
    [
        {"json": TREE},
        {"json": {"record": TREE}},
        {"json": AMB, "content_type": "application/ld+json"},
        {"data": LOM, "content_type": "application/xml"},
    ],
    ids=["tree", "envelope", "json-ld", "lom"],
)
def test_a_good_body_is_valid_with_its_warnings(api: Api, given: dict[str, Any]) -> None:
    found = _judged(api, **given)

    assert set(found) == {"valid", "problems", "repairs"}
    assert found["valid"], found
    assert {problem["severity"] for problem in found["problems"]} <= {"warning", "info"}
    assert "no_description" in {problem["code"] for problem in found["problems"]}
    assert count(api.site, "record") == 0


def test_schema_and_profile_are_told_at_once(api: Api) -> None:
    found = _judged(api, json={"general": {"titel": []}, "technical": {"location": "x"}})

    assert not found["valid"]
    codes = {problem["code"] for problem in found["problems"] if problem["severity"] == "error"}
    assert codes >= {"unknown_key", "wrong_type", "no_title"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"data": b"{", "content_type": "application/json"}, "not_json"),
        ({"data": b"", "content_type": "application/json"}, "empty_file"),
        ({"data": b"<lom", "content_type": "application/xml"}, None),
        ({"json": [], "content_type": "application/ld+json"}, None),
    ],
)
def test_what_cannot_be_read_is_not_valid(api: Api, given: dict[str, Any], code: str | None) -> None:
    found = _judged(api, **given)

    assert not found["valid"]
    assert code in (None, found["problems"][0]["code"])


def test_repairs_are_told(api: Api) -> None:
    found = _judged(api, data=LOM.replace("title>", "Title>"), content_type="application/xml")

    assert found["valid"]
    assert found["repairs"] == [{"path": "general.title", "rule": "name_case", "before": "Title", "after": "title"}]


def test_a_profile_asks_for_more(api: Api) -> None:
    core = _judged(api, "?profile=core", json=TREE)
    oersi = _judged(api, "?profile=oersi", json=TREE)

    assert core["valid"]
    assert core["problems"] != oersi["problems"]


def test_an_unknown_profile_is_400_and_names_those_there_are(api: Api) -> None:
    response = api.anybody.post(f"{VALIDATE}?profile=nix", json=TREE)

    assert response.status_code == 400
    assert codes_of(response) == [("profile", "bad_value")]
    assert "lom-strict" in body_of(response)["detail"]


def test_another_media_type_is_415(api: Api) -> None:
    assert api.anybody.post(VALIDATE, data=b"x", content_type="text/plain").status_code == 415


def test_other_origins_may_not_post(api: Api) -> None:
    response = api.anybody.post(VALIDATE, json=TREE, headers={"Origin": "https://elsewhere.example"})

    assert "Access-Control-Allow-Origin" not in response.headers
