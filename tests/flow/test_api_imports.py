"""Staged imports over HTTP: real files in, a preview, applied, public, undone; and what is refused, in one sentence."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.app import create_app
from repository.accounts import people, tokens
from repository.config.sections import (
    Config,
    DatabaseSection,
    HarvestSection,
    HarvestSource,
    LimitsSection,
    OaiSection,
    SiteSection,
)
from repository.publishing import publication
from repository.site import Site, open_site
from repository.upkeep import doctor
from tests.support.shared import SHARED, needs_shared
from tests.support.site import FakeClock

DATA = SHARED / "data"
BASE = "/api/v1/imports"
UNKNOWN = "6f1e1b9e-0000-4000-8000-000000000000"
TABLE = b"title,url,language\nBreuken,https://a.example/1,nl\nDelen,https://a.example/2,nl\nNiets,,nl\n"


class Caller:
    """Somebody with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str = BASE, **given: Any) -> TestResponse:
        headers = self.headers | given.pop("headers", {})
        return self.client.post(path, headers=headers, **given)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)

    def staged(self, data: bytes, query: str = "") -> dict[str, Any]:
        response = self.post(f"{BASE}{query}", data=data)
        assert response.status_code == 201, response.text
        return body_of(response)

    def applied(self, batch: str) -> dict[str, Any]:
        response = self.post(f"{BASE}/{batch}/apply")
        assert response.status_code == 200, response.text
        return body_of(response)

    def undone(self, batch: str) -> dict[str, Any]:
        response = self.post(f"{BASE}/{batch}/undo")
        assert response.status_code == 200, response.text
        return body_of(response)


def body_of(response: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(response.data)
    return found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock) -> Iterator[Site]:
    config = Config(
        site=SiteSection(base_url="http://repository.example"),
        database=DatabaseSection(url=f"sqlite:///{tmp_path / 'test.sqlite'}"),
        oai=OaiSection(domain="repository.example"),
        harvest=HarvestSection(source=(HarvestSource("nightly", "http://provider.example/oai"),)),
        limits=LimitsSection(body_bytes=8_000_000),
    )
    opened = open_site(config, clock)
    yield opened
    assert doctor.examine(opened) == []
    opened.database.dispose()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return create_app(site).test_client()


def _caller(site: Site, client: FlaskClient, name: str, role: str, scope: str = "write") -> Caller:
    people.add(site, f"{name}@example.org", role)
    return Caller(client, tokens.create(site, f"{name}@example.org", scope))


@pytest.fixture
def curator(site: Site, client: FlaskClient) -> Caller:
    return _caller(site, client, "curator", "curator")


@pytest.fixture
def teacher(site: Site, client: FlaskClient) -> Caller:
    return _caller(site, client, "teacher", "contributor")


def publish(site: Site, clock: FakeClock) -> None:
    for _ in range(3):
        clock.pass_(2)
        publication.publish(site)


def listed(client: FlaskClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = body_of(client.get("/api/v1/records?limit=1000"))["items"]
    return items


def sentence(response: TestResponse) -> str:
    assert response.content_type == "application/problem+json"
    return str(body_of(response)["detail"])


# --- real files -------------------------------------------------------------------------------------------------------


@needs_shared
def test_a_real_table_is_previewed_applied_published_and_undone(
    site: Site, client: FlaskClient, clock: FakeClock, curator: Caller
) -> None:
    lines = (DATA / "oer_commons_csv/oer_commons_clean.csv").read_bytes().splitlines(keepends=True)
    data = b"".join(lines[:400])

    batch = curator.staged(data, "?source=oercommons&format=csv")
    assert listed(client) == []
    total = batch["total"]
    assert total > 200
    assert batch["counts"]["created"] + batch["counts"]["rejected"] == total
    done = curator.applied(batch["id"])
    assert done["counts"] == batch["counts"]
    publish(site, clock)
    items = listed(client)
    assert len(items) == done["counts"]["created"]
    assert {item["source"]["name"] for item in items} == {"oercommons"}

    again = curator.staged(data, "?source=oercommons&format=csv")
    assert again["counts"]["unchanged"] == done["counts"]["created"]
    back = curator.undone(batch["id"])
    publish(site, clock)

    assert back["undone"] == {"deleted": len(items), "restored": 0, "left": 0}
    assert {item["public"] for item in listed(client)} == {"deleted"}


@needs_shared
def test_a_folder_of_real_lom_comes_in_as_a_zip(
    site: Site, client: FlaskClient, clock: FakeClock, curator: Caller
) -> None:
    files = sorted(path for path in (DATA / "scolomfr_fr").rglob("*.xml"))
    assert len(files) > 5
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path in files:
            out.write(path, str(path.relative_to(DATA)))

    given = {"file": (BytesIO(archive.getvalue()), "scolomfr.zip")}
    response = curator.post(f"{BASE}?source=scolomfr", data=given, content_type="multipart/form-data")
    batch = body_of(response)

    assert response.status_code == 201
    assert batch["file"] == "scolomfr.zip"
    assert batch["total"] >= len(files)
    assert batch["counts"]["created"] > 5
    places = [row["place"] for row in batch["rows"]]
    assert all(place.startswith("scolomfr_fr/") for place in places)
    assert any(row.get("repairs") for row in batch["rows"])
    done = curator.applied(batch["id"])
    publish(site, clock)
    assert len(listed(client)) == done["counts"]["created"] == batch["counts"]["created"]


@needs_shared
def test_a_real_oai_response_brings_and_deletes_by_its_headers(
    site: Site, client: FlaskClient, clock: FakeClock, curator: Caller
) -> None:
    data = (DATA / "obaa_federation_br/FEB-fiocruz2.xml").read_bytes()
    batch = curator.staged(data, "?source=fiocruz")
    assert batch["counts"]["created"] == batch["total"] == 500
    assert (len(batch["rows"]), batch["next"]) == (100, 100)
    assert all(row["identifier"].startswith("oai:") for row in batch["rows"] if row["outcome"] == "created")
    curator.applied(batch["id"])
    publish(site, clock)
    first = batch["rows"][0]["identifier"]

    gone = curator.staged(_deleting(first), "?source=fiocruz")
    assert gone["counts"]["deleted"] == 1
    curator.applied(gone["id"])
    publish(site, clock)
    assert [item["public"] for item in listed(client)].count("deleted") == 1
    curator.undone(gone["id"])
    publish(site, clock)

    assert {item["public"] for item in listed(client)} == {"published"}


def _deleting(identifier: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-11-25T00:00:00Z</responseDate><request verb='ListRecords'>http://p.example/oai</request>"
        f"<ListRecords><record><header status='deleted'><identifier>{identifier}</identifier>"
        "<datestamp>2026-11-24</datestamp></header></record></ListRecords></OAI-PMH>"
    ).encode()


def test_a_table_with_headers_of_its_own_takes_a_mapping(curator: Caller) -> None:
    table = b"Naam,Adres,Taal\nBreuken,https://a.example/1,nl\n"
    mapping = b'[columns]\n"Naam" = "title"\n"Adres" = "url"\n'

    refused = curator.post(data={"file": (BytesIO(table), "t.csv")}, content_type="multipart/form-data")
    taken = curator.post(
        data={"file": (BytesIO(table), "t.csv"), "mapping": (BytesIO(mapping), "m.toml")},
        content_type="multipart/form-data",
    )

    assert body_of(refused)["counts"]["rejected"] == 1
    assert body_of(taken)["counts"]["created"] == 1


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<lom xmlns='http://ltsc.ieee.org/xsd/LOM'><general>", "truncated"),
        (b"<!DOCTYPE lom [<!ENTITY x 'y'>]><lom/>", "doctype"),
        (b"<unknown/>", "unknown_format"),
        (b"\x00\x01\x02\x03 nothing", "unknown_format"),
        (b"PK\x03\x04 not a zip", "bad_archive"),
    ],
)
def test_a_broken_file_is_a_row_that_says_why(curator: Caller, data: bytes, code: str) -> None:
    batch = curator.staged(data)

    assert batch["counts"]["rejected"] == batch["total"] == 1
    (row,) = batch["rows"]
    assert (row["outcome"], row["place"] != "", row["reason"].endswith(".")) == ("rejected", True, True)
    assert row["code"] == code
    assert curator.applied(batch["id"])["counts"]["rejected"] == 1


def test_the_good_records_of_a_file_go_on_beside_the_bad(curator: Caller) -> None:
    batch = curator.staged(TABLE)

    assert batch["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "deleted": 0, "rejected": 1}
    bad = batch["rows"][2]
    assert (bad["place"], bad["code"], bad["id"]) == ("line 4", "no_identity", None)
    assert "problems" in bad


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"data": b""}, 422, "The body is empty"),
        ({"data": {}, "content_type": "multipart/form-data"}, 422, "no part named file"),
        ({"data": {"file": "as text"}, "content_type": "multipart/form-data"}, 422, "with a file name"),
        ({"data": {"bestand": (BytesIO(b"x"), "x")}, "content_type": "multipart/form-data"}, 400, "file and mapping"),
        ({"data": b"x" * 8_000_001}, 413, "too large"),
        ({"path": f"{BASE}?sorce=kim", "data": TABLE}, 400, "sorce"),
        ({"path": f"{BASE}?as=public", "data": TABLE}, 400, "as must be one of"),
        ({"path": f"{BASE}?format=docx", "data": TABLE}, 400, "format must be one of"),
        ({"path": f"{BASE}?salvage=yes", "data": TABLE}, 400, "salvage must be one of"),
        ({"path": f"{BASE}?source=", "data": TABLE}, 422, "may not be empty"),
        ({"path": f"{BASE}?source={'x' * 201}", "data": TABLE}, 422, "at most 200"),
        ({"path": f"{BASE}?source=nightly", "data": TABLE}, 403, "configured harvest"),
    ],
)
def test_a_request_that_stages_nothing_says_why(curator: Caller, given: dict[str, Any], status: int, says: str) -> None:
    response = curator.post(**given)

    assert response.status_code == status
    assert says in sentence(response)


@pytest.mark.parametrize(
    ("query", "says"),
    [("?outcome=good", "outcome must be one of"), ("?limit=0", "limit"), ("?after=-1", "after"), ("?page=2", "page")],
)
def test_a_senseless_page_is_refused(curator: Caller, query: str, says: str) -> None:
    batch = curator.staged(TABLE)

    response = curator.get(f"{BASE}/{batch['id']}{query}")

    assert response.status_code == 400
    assert says in sentence(response)


# --- the ways through -------------------------------------------------------------------------------------------------


def test_body_and_form_stage_the_same(curator: Caller) -> None:
    by_form = body_of(curator.post(data={"file": (BytesIO(TABLE), "body")}, content_type="multipart/form-data"))
    by_body = curator.staged(TABLE)
    typed = body_of(curator.post(data=TABLE, content_type="application/x-www-form-urlencoded"))  # as curl says

    leave = {"id": None, "created": None}
    assert by_form | leave == by_body | leave == typed | leave


def test_several_files_are_one_batch(curator: Caller) -> None:
    other = TABLE.replace(b"a.example", b"b.example")

    batch = body_of(
        curator.post(
            data={"file": [(BytesIO(TABLE), "a.csv"), (BytesIO(other), "b.csv")]}, content_type="multipart/form-data"
        )
    )

    assert batch["file"] == "2 files"
    assert [(row["file"], row["place"]) for row in batch["rows"]] == [
        (name, f"line {n}") for name in ("a.csv", "b.csv") for n in (2, 3, 4)
    ]


def test_rows_are_paged_and_filtered(curator: Caller) -> None:
    rows = "".join(f"Titel {n},https://a.example/{n}\n" for n in range(7))
    batch = curator.staged(f"title,url\n{rows}Zonder,\n".encode())
    path = f"{BASE}/{batch['id']}"

    first = body_of(curator.get(f"{path}?outcome=created&limit=5"))
    rest = body_of(curator.get(f"{path}?outcome=created&limit=5&after={first['next']}"))
    bad = body_of(curator.get(f"{path}?outcome=rejected"))

    assert [len(page["rows"]) for page in (first, rest, bad)] == [5, 2, 1]
    assert (rest["next"], bad["next"]) == (None, None)
    assert first["counts"] == bad["counts"] == batch["counts"]


def test_the_answer_is_where_it_says(curator: Caller) -> None:
    response = curator.post(data=TABLE)

    location = response.headers["Location"].removeprefix("http://repository.example")
    assert body_of(curator.get(location)) == body_of(response)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_contributor_submits_and_a_curator_publishes(
    site: Site, client: FlaskClient, clock: FakeClock, curator: Caller, teacher: Caller
) -> None:
    assert teacher.post(f"{BASE}?source=school", data=TABLE).status_code == 403
    mine = teacher.staged(TABLE)
    yours = curator.staged(TABLE, "?source=site")
    assert (mine["as"], yours["as"]) == ("submitted", "published")
    teacher.applied(mine["id"])
    curator.applied(yours["id"])

    publish(site, clock)

    assert {item["source"]["name"] for item in listed(client)} == {"site"}
    record = mine["rows"][0]["id"]
    assert body_of(curator.get(f"/api/v1/records/{record}?version=working"))["work"] == "submitted"
    assert teacher.post(f"{BASE}?as=published", data=TABLE).status_code == 403


def test_a_batch_of_somebody_else_is_not_there_for_a_contributor(
    client: FlaskClient, curator: Caller, teacher: Caller
) -> None:
    batch = curator.staged(TABLE)["id"]

    for response in (
        teacher.get(f"{BASE}/{batch}"), teacher.post(f"{BASE}/{batch}/apply"), teacher.post(f"{BASE}/{batch}/undo"),
        teacher.get(f"{BASE}/nothing"), curator.get(f"{BASE}/%00"), curator.get(f"{BASE}/{UNKNOWN}"),
    ):  # fmt: skip
        assert response.status_code == 404
    for response in (
        client.post(BASE, data=TABLE),
        client.get(f"{BASE}/{batch}"),
        client.post(f"{BASE}/{batch}/apply"),
    ):
        assert response.status_code == 401
    assert body_of(curator.get(f"{BASE}/{batch}"))["by"] == "curator@example.org"


def test_a_token_that_may_only_read_sees_and_does_nothing(site: Site, client: FlaskClient, curator: Caller) -> None:
    batch = curator.staged(TABLE)["id"]
    reader = Caller(client, tokens.create(site, "curator@example.org", "read"))

    assert reader.get(f"{BASE}/{batch}").status_code == 200
    for response in (
        reader.post(data=TABLE),
        reader.post(f"{BASE}/{batch}/apply"),
        reader.post(f"{BASE}/{batch}/undo"),
    ):
        assert response.status_code == 403


def test_a_repeated_key_stages_once(site: Site, curator: Caller) -> None:
    def send(data: bytes = TABLE) -> TestResponse:
        given = {"file": (BytesIO(data), "t.csv")}  # Each form has another boundary.
        return curator.post(data=given, content_type="multipart/form-data", headers={"Idempotency-Key": "k1"})

    first, second = send(), send()

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.headers["Location"] == second.headers["Location"]
    assert send(TABLE + b"x,y,z\n").status_code == 422


def test_states_are_told_apart(curator: Caller) -> None:
    batch = curator.staged(TABLE)["id"]
    early = curator.post(f"{BASE}/{batch}/undo")
    assert (early.status_code, "nothing to undo" in sentence(early)) == (409, True)
    curator.applied(batch)
    curator.applied(batch)
    curator.undone(batch)
    curator.undone(batch)

    late = curator.post(f"{BASE}/{batch}/apply")

    assert (late.status_code, "undone" in sentence(late)) == (409, True)


def test_a_batch_is_applied_as_a_whole(curator: Caller) -> None:
    batch = curator.staged(TABLE)["id"]

    response = curator.post(f"{BASE}/{batch}/apply", json={"rows": [1]})

    assert response.status_code == 422
    assert body_of(curator.get(f"{BASE}/{batch}"))["state"] == "staged"


def test_who_prefers_to_wait_gets_the_batch_when_it_is_public(
    site: Site, client: FlaskClient, clock: FakeClock, curator: Caller
) -> None:
    batch = curator.staged(TABLE)["id"]
    clock.pass_(4)

    response = curator.post(f"{BASE}/{batch}/apply", headers={"Prefer": "wait=5"})

    assert response.headers["Preference-Applied"] == "wait=5"
    assert len(listed(client)) == 2


def test_every_answer_is_as_the_document_describes_it(client: FlaskClient, curator: Caller) -> None:
    document = body_of(client.get("/api/openapi.json"))
    schema = {"$ref": "#/components/schemas/Batch", "components": document["components"]}
    curator.applied(curator.staged(TABLE.replace(b"a.example", b"c.example"))["id"])
    batch = curator.staged(TABLE)
    answers = [batch, curator.applied(batch["id"]), curator.undone(batch["id"])]

    for answer in answers:
        jsonschema.validate(answer, schema, format_checker=jsonschema.FormatChecker())
    assert set(document["paths"]["/imports"]["post"]["responses"]) >= {"201", "400", "401", "403", "413", "422"}
