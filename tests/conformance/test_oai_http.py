"""What HTTP adds: gzip, HEAD, caching, flow control by 503 (OAI-PMH 2.0, 3.1.2 and 3.1.3)."""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from repository.config.sections import LimitsSection
from tests.conformance.oai_site import Stage, a_stage, licensed
from tests.conformance.oai_walk import ask

LIST = "/oai?verb=ListRecords&metadataPrefix=lom"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A repository of fifty records on one page, that nobody changes."""
    home: Path = tmp_path_factory.mktemp("oai")
    made = a_stage(home, page_size=100)
    made.publish(*(licensed(f"Titel {n}") for n in range(50)))
    yield made
    made.close()


@pytest.mark.parametrize("accept", ["gzip", "GZIP", "deflate, gzip;q=0.5", "x-gzip", "*", "gzip, deflate, br, zstd"])
def test_gzip_is_given_to_those_who_take_it(stage: Stage, accept: str) -> None:
    plain, packed = (Client(stage.app).get(LIST, headers={"Accept-Encoding": each}) for each in ("identity", accept))

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert int(packed.headers["Content-Length"]) == len(packed.get_data()) < len(plain.get_data()) / 4


@pytest.mark.parametrize("accept", [None, "", "identity", "gzip;q=0", "br", "deflate", "*;q=0", "gzip;q=nonsense"])
def test_others_get_the_answer_as_it_is(stage: Stage, accept: str | None) -> None:
    answer = Client(stage.app).get(LIST, headers={} if accept is None else {"Accept-Encoding": accept})

    assert "Content-Encoding" not in answer.headers
    assert answer.get_data().startswith(b"<?xml")


def test_gzip_is_one_member(stage: Stage) -> None:
    packed = Client(stage.app).get(LIST, headers={"Accept-Encoding": "gzip"}).get_data()

    reader = zlib.decompressobj(31)  # curl, wget, httpx and LWP stop after the first member in silence
    assert reader.decompress(packed).endswith(b"</OAI-PMH>\n")
    assert reader.eof
    assert reader.unused_data == b""


@pytest.mark.parametrize("query", ["verb=Identify", "verb=Nope", "verb=ListRecords&metadataPrefix=lom", ""])
def test_caches_are_told_what_an_answer_depends_on(stage: Stage, query: str) -> None:
    answer = Client(stage.app).get(f"/oai?{query}")

    assert {"Accept", "Accept-Encoding", "Sec-Fetch-Dest"} <= {v.strip() for v in answer.headers["Vary"].split(",")}


def test_identify_names_the_codings_that_are_served(stage: Stage) -> None:
    page = ask(stage.app, verb="Identify")

    assert [each.text for each in page.root.iter("{*}compression")] == ["gzip"]


def test_head_and_post_take_gzip_too(stage: Stage) -> None:
    headers = {"Accept-Encoding": "gzip"}
    head = Client(stage.app).head(LIST, headers=headers)
    posted = Client(stage.app).post("/oai", data={"verb": "ListRecords", "metadataPrefix": "lom"}, headers=headers)

    assert head.get_data() == b""
    assert head.headers["Content-Encoding"] == posted.headers["Content-Encoding"] == "gzip"
    assert head.headers["Content-Length"] == posted.headers["Content-Length"]


# Flow control.


@pytest.fixture
def narrow(stage_on: Callable[..., Stage]) -> Stage:
    """A repository that answers two lists at once."""
    made = stage_on(limits=LimitsSection(list_requests=2))
    made.publish(licensed("Breuken"))
    return made


def test_a_list_too_many_is_sent_away_until_there_is_room(narrow: Stage) -> None:
    lane = narrow.app.view_functions["oai.oai"].__self__.endpoints[""].lane
    with lane.entered(), lane.entered():
        refused = [Client(narrow.app).get(f"/oai?verb={verb}&metadataPrefix=lom") for verb in
                   ("ListRecords", "ListIdentifiers")]  # fmt: skip
        beside = [Client(narrow.app).get(f"/oai?verb={verb}").status_code for verb in
                  ("Identify", "ListSets", "ListMetadataFormats", "Nope")]  # fmt: skip
    after = Client(narrow.app).get(LIST)

    for answer in refused:
        assert answer.status_code == 503
        assert 10 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.get_data(as_text=True).count("\n") == 1
    assert beside == [200] * 4
    assert after.status_code == 200


def test_those_sent_away_come_back_at_different_times(narrow: Stage) -> None:
    lane = narrow.app.view_functions["oai.oai"].__self__.endpoints[""].lane
    with lane.entered(), lane.entered():
        waits = {Client(narrow.app).get(LIST).headers["Retry-After"] for _ in range(40)}

    assert len(waits) > 5


def test_one_client_is_never_limited_by_its_rate(narrow: Stage) -> None:
    assert {Client(narrow.app).get(LIST).status_code for _ in range(100)} == {200}


def test_many_at_once_get_a_list_or_a_time_to_come_back(narrow: Stage) -> None:
    start = threading.Barrier(12)
    statuses: list[int] = []

    def harvest() -> None:
        start.wait(10)
        statuses.extend(Client(narrow.app).get(LIST).status_code for _ in range(10))

    threads = [threading.Thread(target=harvest) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(statuses) == 120
    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert Client(narrow.app).get(LIST).status_code == 200
