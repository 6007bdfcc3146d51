"""Random requests: whatever comes, the answer is the protocol's, valid, and never an error of the server."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.test import Client

from provider.arguments import ORDER, RULES
from repository.config.sections import ContextSection
from tests.conformance.oai_site import Stage, a_stage, licensed
from tests.conformance.oai_walk import ask, judged

COUNT = int(os.environ.get("OERBRON_TEST_FUZZ") or 1200)
_NAMES = (*ORDER, "Verb", "x", "", "metadataprefix", "%76erb", "from%00", "é")
_PIECES = (
    *("&", "=", "%", "%00", "%FF", "%ED%A0%80", "%EF%BF%BF", "<", ">", '"', "'", ";", "+", " ", "#", "?", "\\", "é"),
    *("😀", "../", "${x}", "' OR 1=1 --", "\x7f", "%C2%85", "\u202e", "]]>", "&amp;", "%0d%0aX: y"),
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Nine records, one of them deleted, and a context."""
    home: Path = tmp_path_factory.mktemp("oai")
    made = a_stage(home, contexts=(ContextSection(name="open", filter="open=true"),))
    first, *_ = made.publish(*(licensed(f"Titel {n}") for n in range(9)))
    made.withdraw(first)
    yield made
    made.close()


def _values(stage: Stage) -> dict[str, list[str]]:
    """Values that lead deep into the provider, by the argument they belong to."""
    page = ask(stage.app, verb="ListRecords", metadataPrefix="oai_dc")
    sets = ask(stage.app, verb="ListSets").specs
    stamps = [page.headers[0].datestamp, page.response_date, "2026-11-18T00:00:00Z"]
    days = ["2026-11-18", "9999-12-31", "0001-01-01", "1969-12-31"]
    return {
        "verb": list(RULES),
        "metadataPrefix": ["oai_dc", "lom", "json", "marc"],
        "set": [*sets[:6], "nope", "a:b"],
        "identifier": [header.identifier for header in page.headers] + ["oai:repository.example:x"],
        "from": [*stamps, *days],
        "until": [*stamps, *days],
        "resumptionToken": [page.token or "", (page.token or "")[:-1]],
        "x": ["", "1", "-1", "A" * 3000],
    }


def _query(chance: random.Random, values: dict[str, list[str]]) -> str:
    names = ["verb"] if chance.random() < 0.9 else []
    verb = chance.choice(list(RULES))
    if chance.random() < 0.6:
        names += sorted(RULES[verb].required)
        names += [name for name in sorted(RULES[verb].optional) if chance.random() < 0.3]
    else:
        names += [chance.choice(_NAMES) for _ in range(chance.randrange(4))]
    pairs = []
    for name in names:
        value = verb if name == "verb" else _value(chance, values, name)
        pairs.append(f"{name}={quote(value, safe='%') if chance.random() < 0.6 else value}")
    return _disturbed(chance, chance.choice("&&&&&&&;").join(pairs), 0.1)


def _value(chance: random.Random, values: dict[str, list[str]], name: str) -> str:
    kind = name if name in values and chance.random() < 0.8 else chance.choice(list(values))
    return _disturbed(chance, chance.choice(values[kind]), 0.15)


def _disturbed(chance: random.Random, text: str, how_often: float) -> str:
    if chance.random() >= how_often:
        return text
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(_PIECES) + text[place:]


def test_random_requests_get_valid_answers(stage: Stage) -> None:
    chance, values, client = random.Random(20_261_125), _values(stage), Client(stage.app)
    seen: Counter[str] = Counter()
    for _ in range(COUNT):
        query, path = _query(chance, values), chance.choice(("/oai", "/oai", "/oai/open"))
        try:
            if chance.random() < 0.2:
                form = "application/x-www-form-urlencoded"
                page = judged(client.post(path, data=query.encode(), content_type=form))
            else:
                page = judged(client.open(path, query_string=query))
        except AssertionError as error:
            raise AssertionError(f"{path}?{query!r}: {error}") from error
        seen.update(page.errors or ["answered"])

    # The requests reached every part of the provider.
    assert {"answered", "badVerb", "badArgument", "badResumptionToken", "idDoesNotExist", "noRecordsMatch",
            "cannotDisseminateFormat"} <= set(seen)  # fmt: skip


def test_random_bytes_get_valid_answers(stage: Stage) -> None:
    chance, client = random.Random(7), Client(stage.app)
    for _ in range(COUNT // 4):
        body = chance.randbytes(chance.randrange(60))
        kind = "application/x-www-form-urlencoded"
        assert judged(client.post("/oai?verb=Identify", data=body, content_type=kind)).root is not None


def test_random_paths_and_explorer_requests_are_no_errors_of_the_server(stage: Stage) -> None:
    chance, values, client = random.Random(11), _values(stage), Client(stage.app)
    for _ in range(COUNT // 4):
        query = _query(chance, values)
        for path in ("/oai", "/oai/source.xml", "/oai/build.html", "/oai/open/build.html", "/oai/nope"):
            answer = client.open(
                path, query_string=query, headers={"Sec-Fetch-Dest": "document", "Accept": "text/html"}
            )
            assert answer.status_code in (200, 303, 404), (path, query, answer.status_code)
