"""An address that nobody may follow is a link in no face: control characters, a password, script and data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.record import General, LangString, Record, Technical
from schemas.summary.place import web_address
from tests.support.api import Api

HOSTILE = (
    "https://user:pw7secret@example.org/a",
    "https://pw7secret@example.org/a",
    "HTTPS://u:pw7secret@EXAMPLE.org",
    "https://example.org/a\r\nSet-Cookie: pw7secret=1",
    "https://example.org/\npw7secret",
    "https://example.org/a\tpw7secret",
    "https://example.org\\@pw7secret.example/",
    "javascript:alert('pw7secret')",
    " javascript:alert('pw7secret')",
    "JaVaScRiPt://example.org/%0aalert('pw7secret')",
    "data:text/html,pw7secret",
    "vbscript:pw7secret",
    "file:///etc/pw7secret",
    "//u:pw7secret@example.org/",
)
FACES = ("html", "jsonld", "ttl", "nt", "rdf")
_LINKS = re.compile(
    r"""(?:href|src|action|content|rdf:about|rdf:resource)\s*=\s*["']([^"']*pw7secret[^"']*)["']|<([^<>\s]*pw7secret[^<>\s]*)>"""
    r"""|"(?:id|@id|url)"\s*:\s*"([^"]*pw7secret[^"]*)\""""
)


def test_what_an_address_may_be() -> None:
    assert [text for text in HOSTILE if web_address(text) is not None] == []
    for good in ("https://example.org/a@b", "https://example.org/?mail=a@b", "www.example.org/a", "http://[::1]/x"):
        assert web_address(good) is not None, good


@pytest.mark.parametrize("address", HOSTILE)
def test_no_face_makes_a_link_of_it(tmp_path: Path, address: str) -> None:
    api = Api(tmp_path)
    title = (LangString("nl", "Breuken"),)
    record = Record(general=General(title=title, language=("nl",)), technical=Technical(location=(address,)))
    curator = api.person("curator")
    made = curator.post("?as=published", json=record)
    if made.status_code == 422:
        return
    uuid = str(made.json["id"])
    api.publish()
    api.index()
    client = api.app.test_client()
    linked = []

    for path in (
        *(f"/doc/resource/{uuid}.{face}" for face in FACES), f"/api/v1/records/{uuid}", "/api/v1/search?q=breuken",
        "/search?q=breuken", "/feeds/atom.xml", "/feeds/changes.xml", "/sitemap.xml", "/ldes", "/",
    ):  # fmt: skip
        response = client.get(path)
        found = [next(filter(None, each)) for each in _LINKS.findall(response.get_data(as_text=True))]
        linked += [(path, each) for each in found if not each.startswith("urn:oerbron")]
        assert "pw7secret" not in str(response.headers)
    assert linked == []
