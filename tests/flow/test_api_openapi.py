"""The OpenAPI document held against the application: routes, parameters, answers; then schemathesis tries it."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.api.records import writing as api_writes
from tests.support.api import Api, Caller, body_of
from tests.support.factories import a_record

ROOT = Path(__file__).resolve().parents[2]
METHODS = frozenset(("get", "put", "post", "delete", "patch"))
V1 = "/api/v1"


def _shape(path: str) -> str:
    """A path with its parameters by place: a route calls `uuid` what the document calls `id`."""
    return re.sub(r"<[^>]+>|\{[^}]+\}", "{}", path)


def _document(api: Api) -> dict[str, Any]:
    return body_of(api.anybody.get("/api/openapi.json"))


def _operations(api: Api) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (_shape(path), method): operation | {"all": item.get("parameters", []) + operation.get("parameters", [])}
        for path, item in _document(api)["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def _routes(api: Api) -> dict[tuple[str, str], Any]:
    """The views of the API by shape and method."""
    return {
        (_shape(rule.rule.removeprefix(V1)), method.lower()): api.app.view_functions[rule.endpoint]
        for rule in api.app.url_map.iter_rules()
        if rule.rule.startswith(V1)
        for method in rule.methods or ()
        if method.lower() in METHODS
    }


def test_the_document_has_the_routes_of_the_application_and_no_other(api: Api) -> None:
    assert set(_operations(api)) == set(_routes(api))


def test_the_document_has_the_parameters_of_every_route(api: Api) -> None:
    routes = _routes(api)
    for key, operation in _operations(api).items():
        named = {one["name"] for one in operation["all"] if one["in"] == "query"}
        assert named == set(routes[key].parameters), key
        placed = [one["name"] for one in operation["all"] if one["in"] == "path"]
        assert len(placed) == key[0].count("{}"), key


def test_the_page_about_the_api_names_every_route_every_action_and_every_status(api: Api) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    told = {(_shape(path), method.lower()) for method, path in re.findall(r"`([A-Z]+) (/[a-z{}/]*)", page)}
    actions = re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)
    statuses = set(re.findall(r"^\| (\d{3}) \|", page, re.MULTILINE))

    assert told == set(_operations(api))
    assert tuple(actions) == api_writes.ACTIONS
    described = {status for one in _operations(api).values() for status in one["responses"] if status >= "400"}
    assert described <= statuses


def test_every_operation_has_a_name_of_its_own_and_says_what_may_go_wrong(api: Api) -> None:
    operations = _operations(api).values()

    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert "400" in one["responses"], one["operationId"]
        assert "401" in one["responses"], one["operationId"]


def test_bodies_have_examples_that_are_taken(api: Api, curator: Caller) -> None:
    content = _document(api)["paths"]["/records"]["post"]["requestBody"]["content"]

    for media_type, given in content.items():
        examples = [one["value"] for one in given.get("examples", {}).values()] or [given["example"]]
        for example in examples:
            sent = {"data": example} if isinstance(example, str) else {"json": example}
            response = curator.post(content_type=media_type, **sent)
            assert response.status_code == 201, (media_type, response.text)


def test_real_answers_are_as_described(api: Api, curator: Caller, other: Caller) -> None:
    document = _document(api)
    uuid, gone = api.published(curator), api.published(curator, "Weg")
    curator.put(uuid, 1, a_record("Klad"), "?as=draft")
    curator.delete(gone, reason="weg")
    api.publish()
    api.index()
    answers = {
        "Published": [api.anybody.get(uuid)],
        "Working": [curator.get(f"{uuid}?version=working"), curator.get(f"{gone}?version=working")],
        "Gone": [api.anybody.get(gone)],
        "Records": [api.anybody.get("")],
        "Buried": [curator.delete(gone, reason="weg"), curator.delete(other.created(), reason="weg")],
        "Revisions": [api.anybody.get(f"{uuid}/revisions"), curator.get(f"{uuid}/revisions")],
        "RevisionTree": [api.anybody.get(f"{uuid}/revisions/1"), curator.get(f"{uuid}/revisions/2")],
        "Judgement": [api.anybody.post("/api/v1/validate", json={"general": {}})],
        "Problem": [api.anybody.get("?x=1"), curator.post(json={"general": {"x": 1}})],
        "Schemes": [api.anybody.get("/api/v1/vocabularies")],
        "Found": [api.anybody.get("/api/v1/search?q=breuken&facets=subject,open&highlight=true")],
        "Suggestions": [api.anybody.get("/api/v1/suggest?q=br")],
        "Similar": [api.anybody.get(f"{uuid}/similar")],
        "Scheme": [api.anybody.get("/api/v1/vocabularies/subject")],
    }

    for name, responses in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        for response in responses:
            jsonschema.Draft202012Validator(schema).validate(body_of(response))


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Two thousand lines would hide the one that matters."""


@contextmanager
def _served(api: Api) -> Iterator[str]:
    """The application on a free port of this machine; its base address."""
    server = make_server("127.0.0.1", 0, api.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["", "curator"])
def test_schemathesis_finds_nothing(api: Api, curator: Caller, tmp_path: Path, role: str) -> None:
    api.published(curator)
    api.index()
    program = Path(sys.executable).with_name("schemathesis")
    headers = ["-H", f"Authorization: Bearer {api.person(role, 'fuzzer').token}"] if role else []
    with _served(api) as base:
        command = [
            str(program), "--config-file", str(ROOT / "schemathesis.toml"), "run", f"{base}/api/openapi.json",
            "--url", f"{base}{V1}", "--phases", "fuzzing", "--max-examples", "12",
            "--generation-deterministic", *headers,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=300)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: " in done.stdout
