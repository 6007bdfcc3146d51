"""Requests and errors, over HTTP: the rules of OAI-PMH 2.0, 3.1 to 3.3 and 3.6, that implementations break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from tests.conformance.oai_site import Stage, a_stage, licensed
from tests.conformance.oai_walk import Page, ask, ask_raw, judged

BASE = "http://repository.example/oai"
LIST = "verb=ListRecords&metadataPrefix=oai_dc"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A repository of five records that nobody changes."""
    home: Path = tmp_path_factory.mktemp("oai")
    made = a_stage(home)
    made.publish(*(licensed(f"Titel {n}") for n in range(5)))
    yield made
    made.close()


# 1. What <request> says.


@pytest.mark.parametrize(
    ("query", "attributes"),
    [
        ("verb=Identify", {"verb": "Identify"}),
        (LIST, {"verb": "ListRecords", "metadataPrefix": "oai_dc"}),
        ("verb=GetRecord&identifier=oai:x:1&metadataPrefix=oai_dc",
         {"verb": "GetRecord", "identifier": "oai:x:1", "metadataPrefix": "oai_dc"}),
        ("verb=ListRecords&metadataPrefix=marc", {"verb": "ListRecords", "metadataPrefix": "marc"}),
        (f"{LIST}&set=nope&from=2020-01-01",
         {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "nope", "from": "2020-01-01"}),
        ("verb=ListRecords&resumptionToken=x", {"verb": "ListRecords", "resumptionToken": "x"}),
        ("verb=Nope&metadataPrefix=oai_dc", {}),
        ("verb=Identify&set=a", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_the_request_carries_its_arguments_unless_they_are_what_is_wrong(
    stage: Stage, query: str, attributes: dict[str, str]
) -> None:
    page = ask_raw(stage.app, query)

    assert page.request == attributes
    assert page.base_url == BASE


# 2. Errors of the protocol are answers. `judged` holds every answer of this file to status 200 and text/xml.


@pytest.mark.parametrize("code", ["badVerb", "badArgument", "idDoesNotExist", "cannotDisseminateFormat"])
def test_an_error_is_an_answer(stage: Stage, code: str) -> None:
    query = {
        "badVerb": "verb=Nope",
        "badArgument": "verb=ListRecords",
        "idDoesNotExist": "verb=GetRecord&identifier=x&metadataPrefix=oai_dc",
        "cannotDisseminateFormat": "verb=ListRecords&metadataPrefix=nope",
    }[code]

    assert ask_raw(stage.app, query).errors == [code]


# 3 and 4. Verbs and arguments, read from the raw bytes.


@pytest.mark.parametrize(
    "query", ["", "verb=", "verb=identify", "verb=Identify&verb=Identify", "verb=Identify%20", "metadataPrefix=oai_dc"]
)
def test_a_missing_unknown_or_repeated_verb_is_bad(stage: Stage, query: str) -> None:
    assert ask_raw(stage.app, query).errors == ["badVerb"]


@pytest.mark.parametrize(
    "query",
    [
        "verb=Identify&set=a",
        "verb=Identify&nonsense=1",
        "verb=Identify&",
        f"{LIST}&set=",
        f"{LIST}&from=",
        f"{LIST}&metadataPrefix=oai_dc",
        f"{LIST}&set=a&set=b",
        f"{LIST}&identifier=oai:x:1",
        f"{LIST}&set=a b",
        f"{LIST}&set=a:",
        f"{LIST}&set=%FF",
        f"{LIST}&set=%00",
        "verb=ListRecords",
        "verb=ListRecords&metadataPrefix=oai%20dc",
        "verb=GetRecord&metadataPrefix=oai_dc",
        "verb=GetRecord&identifier=oai:x:1",
        "verb=ListSets&metadataPrefix=oai_dc",
        "verb=ListMetadataFormats&identifier=",
        "verb=ListRecords&resumptionToken=",
        "verb=ListRecords&resumptionToken=x&metadataPrefix=oai_dc",
        "verb=ListRecords&resumptionToken=x&set=a",
        "verb=ListSets&resumptionToken=x&from=2020-01-01",
        "verb=ListRecords&resumptionToken=x&resumptionToken=x",
        "verb=GetRecord&identifier=oai:x:1&metadataPrefix=oai_dc&resumptionToken=x",
    ],
)
def test_an_argument_that_is_repeated_unknown_empty_or_misplaced_is_bad(stage: Stage, query: str) -> None:
    page = ask_raw(stage.app, query)

    if query == "verb=Identify&":  # nothing stands behind the last ampersand
        assert page.errors == []
    else:
        assert set(page.errors) == {"badArgument"}


def test_every_mistake_of_a_request_is_told(stage: Stage) -> None:
    page = ask_raw(stage.app, "verb=ListRecords&from=x&until=y&nonsense=1&set=")

    assert page.errors == ["badArgument"] * 5
    assert len(set(page.messages)) == 5


def test_what_is_wrong_is_quoted_without_breaking_the_answer(stage: Stage) -> None:
    page = ask_raw(stage.app, "verb=%3C%22%26%27%3E%E2%80%A6%EF%BF%BE%ED%A0%80")

    assert page.errors == ["badVerb"]


@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListSets"])
def test_a_token_belongs_to_its_verb(stage: Stage, verb: str) -> None:
    token = ask_raw(stage.app, LIST).token
    assert token

    assert ask(stage.app, verb=verb, resumptionToken=token).errors == ["badResumptionToken"]


# 8. Dates.

_STAMP = "2026-11-18T00:00:00Z"


@pytest.mark.parametrize(
    "dates",
    [
        "from=2026-11-19&until=2026-11-18",
        f"from=2026-11-18&until={_STAMP}",
        "from=2026-1-1",
        "from=2026-11",
        "from=2026",
        "from=20261118",
        "from=2026-11-18T00:00Z",
        "from=2026-11-18T00:00:00",
        "from=2026-11-18T00:00:00.5Z",
        "from=2026-11-18T00:00:00%2B01:00",
        "from=2026-11-18T24:00:00Z",
        "from=2026-11-18T00:00:60Z",
        "from=2026-02-30",
        "until=2026-13-01",
        "from=+2026-11-18",
        "from=2026-11-18T00:00:00z",
        "from=%D9%A2026-11-18",
        "from=0000-01-01",
    ],
)
def test_a_date_of_another_form_is_a_bad_argument(stage: Stage, dates: str) -> None:
    assert set(ask_raw(stage.app, f"{LIST}&{dates}").errors) == {"badArgument"}


@pytest.mark.parametrize(
    ("dates", "errors"),
    [
        ("from=2026-11-18", []),
        ("until=2026-11-18", []),  # the end of that day
        ("from=2026-11-18&until=2026-11-18", []),
        ("from=0001-01-01&until=9999-12-31", []),
        ("until=2026-11-17", ["noRecordsMatch"]),
        ("until=2001-01-01T00:00:00Z", ["noRecordsMatch"]),
        ("from=2026-11-19", ["noRecordsMatch"]),
        ("from=2999-01-01T00:00:00Z", ["noRecordsMatch"]),
    ],
)
def test_a_lawful_date_takes_what_lies_within_it(stage: Stage, dates: str, errors: list[str]) -> None:
    assert ask_raw(stage.app, f"{LIST}&{dates}").errors == errors


def test_both_bounds_are_inclusive(stage: Stage) -> None:
    [stamp] = {header.datestamp for header in ask_raw(stage.app, LIST).headers}

    assert len(ask(stage.app, verb="ListIdentifiers", metadataPrefix="lom", from_=stamp, until=stamp).headers) == 3


# 16 and 17. Addresses and methods.


def test_the_base_url_is_never_that_of_the_host_header(stage: Stage) -> None:
    answer = Client(stage.app).get(f"/oai?{LIST}", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    page = judged(answer)
    assert page.base_url == BASE
    assert b"evil" not in page.body


def _posted(stage: Stage, **given: Any) -> Page:
    return judged(Client(stage.app).post("/oai", **given))


def test_a_form_asks_what_a_query_asks(stage: Stage) -> None:
    form = _posted(stage, data={"verb": "ListRecords", "metadataPrefix": "oai_dc"})

    assert form.body == ask_raw(stage.app, LIST).body


def test_a_form_and_a_query_count_as_one_request(stage: Stage) -> None:
    assert _posted(stage, query_string="verb=Identify", data={"verb": "Identify"}).errors == ["badVerb"]
    assert _posted(stage, query_string="verb=ListRecords", data={"metadataPrefix": "oai_dc"}).errors == []


def test_a_body_that_is_no_form_carries_no_arguments(stage: Stage) -> None:
    assert _posted(stage, data=b'{"verb": "Identify"}', content_type="application/json").errors == ["badVerb"]


def test_a_form_beyond_all_measure_is_refused(stage: Stage) -> None:
    answer = Client(stage.app).post("/oai", data={"verb": "Identify", "x": "y" * 100_000})

    assert answer.status_code == 413


def test_head_tells_what_get_would(stage: Stage) -> None:
    head, whole = (getattr(Client(stage.app), method)("/oai?verb=Identify") for method in ("head", "get"))

    assert head.get_data() == b""
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_no_other_method_is_allowed(stage: Stage, method: str) -> None:
    answer = Client(stage.app).open("/oai?verb=Identify", method=method)

    assert answer.status_code == 405
    assert {"GET", "HEAD", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_a_closing_slash_changes_nothing(stage: Stage) -> None:
    assert ask_raw(stage.app, "verb=Identify", "/oai/").base_url == BASE
