"""What a request may bring: the matrix of every route and its limits, and that each limit holds.

The matrix is made from the routes of the application, so a route without a row of its own fails here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.routing import Rule

from portal.web.limits import LIMITS, NOTHING, RECORD_BYTES, WHOLE_FILE, Limit
from tests.support.api import Api

MOST_QUERY = 65_536
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return Api(tmp_path_factory.mktemp("limits"))


def rules(api: Api) -> list[Rule]:
    return sorted(api.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def address(rule: Rule) -> str:
    """An address that leads to the route."""
    values = dict.fromkeys(rule.arguments, "1")
    return str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]


def test_every_route_has_limits_of_its_own(api: Api) -> None:
    assert {rule.endpoint for rule in rules(api)} - LIMITS.keys() == set()


def test_there_are_no_limits_for_routes_that_are_gone(api: Api) -> None:
    assert LIMITS.keys() - {rule.endpoint for rule in rules(api)} == set()


def test_only_the_route_for_whole_files_takes_more_than_a_record(api: Api) -> None:
    large = {rule.endpoint for rule in rules(api) if not 0 <= LIMITS[rule.endpoint].body_bytes <= RECORD_BYTES}

    assert large == {"api.stage"}
    assert LIMITS["api.stage"] == Limit(2_048, WHOLE_FILE, signed=True)


def test_what_only_reads_takes_no_body_and_what_writes_takes_one(api: Api) -> None:
    for rule in rules(api):
        assert bool(LIMITS[rule.endpoint].body_bytes) == bool(_WRITES & (rule.methods or set())), rule.endpoint


def test_no_query_is_longer_than_the_longest_list_of_oai(api: Api) -> None:
    assert max(limit.query_bytes for limit in LIMITS.values()) <= MOST_QUERY
    assert NOTHING.body_bytes == 0


def test_a_query_beyond_its_routes_limit_is_refused_on_every_route(api: Api) -> None:
    client = api.app.test_client()
    for rule in rules(api):
        if "GET" not in (rule.methods or ()) or rule.endpoint in {"oai.oai", "oai.source"}:
            continue
        with client.get(address(rule), query_string="x=" + "a" * LIMITS[rule.endpoint].query_bytes) as answer:
            assert answer.status_code == 414, rule.rule


def test_a_query_beyond_its_limit_is_oais_own_error(api: Api) -> None:
    answer = api.app.test_client().get("/oai?verb=Identify&x=" + "a" * 200_000)

    assert answer.status_code in {200, 414}
    assert answer.status_code == 414 or b"badArgument" in answer.data


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
def test_a_body_beyond_its_routes_limit_is_refused_on_every_route(api: Api, kind: str) -> None:
    client = api.app.test_client()
    for rule in rules(api):
        limit = LIMITS[rule.endpoint]
        most = 65_536 if limit.signed else limit.body_bytes  # nobody is known here
        for method in _WRITES & (rule.methods or set()):
            with client.open(address(rule), method=method, data=b"a" * (most + 1), content_type=kind) as answer:
                assert answer.status_code == 413, (rule.rule, answer.status_code)


def test_whoever_is_known_may_send_a_whole_file(api: Api) -> None:
    curator = api.person("curator")

    assert curator.post("/api/v1/imports", data=b"a" * 100_000, content_type="text/plain").status_code == 201
    assert api.anybody.post("/api/v1/imports", data=b"a" * 100_000, content_type="text/plain").status_code == 413


def test_a_refusal_of_the_api_is_a_problem(api: Api, tmp_path: Path) -> None:
    answer = api.anybody.post("/api/v1/validate", data=b"a" * (RECORD_BYTES + 1), content_type="application/json")

    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == 413
