"""Identifiers: what names a record and what only seems to, and the spellings that are one."""

from __future__ import annotations

from typing import Final

import pytest

from repository.records.origin import key_in, key_of
from schemas.formats.amb import amb
from schemas.formats.format import Delivery, Reading
from schemas.identifiers import is_identity
from schemas.record import General, Identifier, LangString, Record
from schemas.values.identifier_key import candidates, keys_of
from schemas.vocabularies.vocabularies import shipped

NO_IDENTITIES: Final[tuple[str, ...]] = (
    "#resource",
    "#top",
    "#",
    "_:b0",
    "_:genid123",
    "./a",
    "../a/b",
    "/a/b",
    "index.html",
    "",
    "  ",
    "null",
    "NULL",
    "N/A",
    "undefined",
    "None",
    "-",
    "{id}",
    "{{id}}",
    "${id}",
    "{{ page.url }}",
    "%ID%",
    "[id]",
    "<id>",
    "urn:uuid:",
    "urn:uuid:{id}",
    "urn:uuid:not-a-uuid",
    "urn:uuid:1234",
    "urn:",
    "http://",
    "https://",
    "http:///",
    "https://{host}/x",
    "http://localhost",
    "http://localhost/",
    "http://localhost:8080/",
    "https://doi.org/",
    "doi:",
    "http://dx.doi.org",
    "10.xxxx/xxxxx",
    "about:blank",
    "javascript:void(0)",
    "mailto:",
    "?id=",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-000000000000",
    "https://example.org/{slug}",
    "https://example.org/%7Bid%7D",
    "https://hdl.handle.net/",
    "hdl:",
    "isbn:",
    "urn:isbn:",
    "unknown",
    "onbekend",
    "#N/A",
    "TODO",
    "xxx",
    "nan",
    "?",
    "...",
    "oai:",
    "data:,",
    "file:///",
    "127.0.0.1",
    "http://127.0.0.1/",
    "http://[::1]/",
)
IDENTITIES: Final[tuple[str, ...]] = (
    "https://x.example/1",
    "http://localhost:8080/node/12",
    "urn:uuid:6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11",
    "doi:10.1234/abc",
    "10.1234/abc",
    "urn:isbn:9789027439642",
    "12345",
    "KC-1",
    "oai:x.example:1",
    "hdl:1887/123",
    "ark:/12345/x1",
    "https://x.example/#/course/12",
    "https://x.example/page#section",
    "urn:nbn:de:101-1",
    "info:doi/10.1/x",
    "tag:x.example,2020:1",
    "https://doi.org/10.1234/abc",
    "6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11",
    "book 12",
    "https://www.klascement.net/",
    "{6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11}",
    "10.1002/(SICI)1097-4679(199807)54:5<581::AID-JCLP3>3.0.CO;2-X",
    "a|b",
    "data:text/plain;base64,QUJD",
    "978-90-274-3964-2",
)
SPELLINGS: Final[tuple[tuple[str, str], ...]] = (
    ("10.1234/AbC.5", "10.1234/AbC.5"),
    ("10.1234/AbC.5", "doi:10.1234/abc.5"),
    ("10.1234/AbC.5", "DOI 10.1234/ABC.5"),
    ("10.1234/AbC.5", "https://doi.org/10.1234/abc.5"),
    ("10.1234/AbC.5", "http://dx.doi.org/10.1234/AbC.5"),
    ("10.1234/AbC.5", "doi.org/10.1234/abc.5"),
    ("10.1234/AbC.5", "info:doi/10.1234/abc.5"),
    ("10.1234/AbC.5", "urn:doi:10.1234/abc.5"),
    ("10.1234/AbC.5", "https://www.doi.org/10.1234/abc.5/"),
    ("10.1234/AbC.5", "doi: 10.1234/abc.5"),
    ("https://doi.org/10.5281/zenodo.123456", "10.5281/zenodo.123456"),
    ("https://doi.org/10.5281/zenodo.123456", "DOI:10.5281/ZENODO.123456"),
    ("https://doi.org/10.5281/zenodo.123456", "dx.doi.org/10.5281/zenodo.123456"),
    ("9789027439642", "978-90-274-3964-2"),
    ("9789027439642", "978 90 274 3964 2"),
    ("9789027439642", "9789027439642"),
    ("9789027439642", "9027439648"),
    ("9789027439642", "90-274-3964-8"),
    ("9789027439642", "isbn:9789027439642"),
    ("9789027439642", "ISBN 978-90-274-3964-2"),
    ("9789027439642", "ISBN-13: 978-90-274-3964-2"),
    ("9789027439642", "urn:isbn:9789027439642"),
    ("9789027439642", "urn:isbn:9027439648"),
    ("9789027439642", "ISBN-10 90-274-3964-8"),
    ("9789027439642", "URN:ISBN:978-90-274-3964-2"),
    ("0-8044-2957-X", "080442957X"),
    ("0-8044-2957-X", "080442957x"),
    ("0-8044-2957-X", "0-8044-2957-X"),
    ("0-8044-2957-X", "9780804429573"),
    ("0-8044-2957-X", "978-0-8044-2957-3"),
    ("hdl:1887/4531", "1887/4531"),
    ("hdl:1887/4531", "hdl:1887/4531"),
    ("hdl:1887/4531", "https://hdl.handle.net/1887/4531"),
    ("hdl:1887/4531", "http://hdl.handle.net/1887/4531"),
    ("hdl:1887/4531", "hdl.handle.net/1887/4531"),
    ("hdl:1887/4531", "info:hdl/1887/4531"),
    ("hdl:1887/4531", "handle:1887/4531"),
    ("urn:nbn:de:101-2019112103", "urn:nbn:de:101-2019112103"),
    ("urn:nbn:de:101-2019112103", "URN:NBN:de:101-2019112103"),
    ("urn:nbn:de:101-2019112103", "urn:NBN:DE:101-2019112103"),
    ("urn:nbn:de:101-2019112103", "https://nbn-resolving.org/urn:nbn:de:101-2019112103"),
    ("urn:nbn:de:101-2019112103", "http://nbn-resolving.de/urn:nbn:de:101-2019112103"),
    ("http://www.leer.example/les/breuken/", "https://leer.example/les/breuken"),
    ("http://www.leer.example/les/breuken/", "http://www.leer.example/les/breuken"),
    ("http://www.leer.example/les/breuken/", "www.leer.example/les/breuken"),
    ("http://www.leer.example/les/breuken/", "leer.example/les/breuken/"),
    ("http://www.leer.example/les/breuken/", "HTTPS://WWW.LEER.EXAMPLE/les/breuken"),
    ("http://www.leer.example/les/breuken/", "http://leer.example:80/les/breuken"),
    ("http://www.leer.example/les/breuken/", "https://leer.example/les/breuken?utm_source=x&utm_medium=y"),
    ("http://www.leer.example/les/breuken/", "https://leer.example:443/les/breuken/"),
    ("http://www.leer.example/les/breuken/", "https://leer.example/les/breuken#deel-2"),
    ("urn:uuid:6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11", "6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11"),
    ("urn:uuid:6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11", "URN:UUID:6F1C2B9E-8F0A-4A53-9D2B-2F0C7F2A1B11"),
    ("urn:uuid:6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11", "{6f1c2b9e-8f0a-4a53-9d2b-2f0c7f2a1b11}"),
    ("ark:/12148/btv1b8449691v", "ark:/12148/btv1b8449691v"),
    ("ark:/12148/btv1b8449691v", "ark:12148/btv1b8449691v"),
    ("ark:/12148/btv1b8449691v", "https://n2t.net/ark:/12148/btv1b8449691v"),
    ("ark:/12148/btv1b8449691v", "https://gallica.bnf.fr/ark:/12148/btv1b8449691v"),
    ("oai:bron.example:abc-12", "oai:bron.example:abc-12"),
    ("KC-99812", "KC-99812"),
    ("KC-99812", "kc-99812"),
    ("ISSN 2049-3630", "2049-3630"),
    ("ISSN 2049-3630", "ISSN 2049-3630"),
    ("ISSN 2049-3630", "issn:2049-3630"),
    ("ISSN 2049-3630", "urn:issn:2049-3630"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&utm_source=mail"),
)


@pytest.mark.parametrize("text", NO_IDENTITIES)
def test_what_holds_in_one_document_names_no_record(text: str) -> None:
    assert not is_identity(text)


@pytest.mark.parametrize("text", IDENTITIES)
def test_an_identifier_names_a_record(text: str) -> None:
    assert is_identity(text)


@pytest.mark.parametrize(("carried", "typed"), SPELLINGS)
def test_spellings_of_one_identifier_meet(carried: str, typed: str) -> None:
    assert set(keys_of(carried)) & set(candidates(typed))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.1234/abc", "10.1234/abd"),
        ("978-90-274-3964-2", "978-90-274-3965-9"),
        ("https://x.example/a", "https://x.example/b"),
        ("https://x.example/?id=1", "https://x.example/?id=2"),
        ("https://x.example/#/course/1", "https://x.example/#/course/2"),
        ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abC"),
        ("hdl:1887/1", "hdl:1887/10"),
    ],
)
def test_different_identifiers_never_meet(one: str, other: str) -> None:
    assert not set(keys_of(one)) & set(candidates(other))


@pytest.mark.parametrize(
    "id_", ["#resource", "_:b0", "resource/1", "./a", "../a/b", "/a/b", "index.html", "resource", "{id}"]
)
def test_a_node_named_inside_its_document_goes_by_its_address(id_: str) -> None:
    node = {"@context": "https://schema.org", "@type": "LearningResource", "@id": id_, "name": "T"}

    alone = amb.read(node, shipped())
    placed = amb.read(node | {"url": "https://x.example/7"}, shipped())

    assert key_in(alone.record) is None
    assert key_in(placed.record) == "https://x.example/7"
    assert ("no_identity", id_) in [(repair.rule, repair.before) for repair in alone.repairs]


@pytest.mark.parametrize("entry", ["#top", "_:b0", "null", "N/A", "{id}", "urn:uuid:", "http://localhost/"])
def test_a_lom_identifier_that_names_nothing_is_passed_over(entry: str) -> None:
    general = General(identifier=(Identifier("URI", entry), Identifier("KC", "12")), title=(LangString(None, "T"),))

    assert key_in(Record(general=general)) == "KC:12"
    assert key_in(Record(general=General(identifier=(Identifier("URI", entry),)))) is None


def test_the_name_of_every_manifest_gives_way_to_the_record_s_own() -> None:
    record = Record(general=General(identifier=(Identifier("KC", "12"),)))

    own, only = (
        key_of(Delivery(place="file", format="imscp", reading=Reading(one), identifier="MANIFEST-1"))
        for one in (record, Record())
    )

    assert (own, only) == ("KC:12", "MANIFEST-1")
