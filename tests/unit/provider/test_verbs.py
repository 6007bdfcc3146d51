"""Identify, ListMetadataFormats, ListSets and GetRecord on a snapshot in memory."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from provider import verbs
from provider.arguments import read
from provider.errors import Refused, Unavailable
from provider.verb_request import Asked, Openings
from repository.published import Facts, Item
from schemas.namespaces import OAI, XSI
from tests.support.fakes import START, FakeLine, a_context, a_header, fake_site


def asked(line: FakeLine, query: str, *, site: Any = None, context: Any = None) -> Asked:
    site = site or fake_site()
    return Asked(site, context or site.contexts[""], read(query.encode()), line, Openings())  # type: ignore[arg-type]


def xml(parts: list[bytes]) -> etree._Element:
    return etree.fromstring(b'<a xmlns="%b" xmlns:xsi="%b">' % (OAI.encode(), XSI.encode()) + b"".join(parts) + b"</a>")


def texts(parts: list[bytes], name: str) -> list[str]:
    return [element.text or "" for element in xml(parts).iter(f"{{{OAI}}}{name}")]


def codes(request: Asked, verb: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        verb(request)
    return [error.code for error in refused.value.errors]


def test_identify_says_what_is_configured_and_what_is_served() -> None:
    parts = verbs.identify(asked(FakeLine(), "verb=Identify"))

    assert texts(parts, "repositoryName") == ["OERbron"]
    assert texts(parts, "baseURL") == ["http://repository.example/oai"]
    assert texts(parts, "protocolVersion") == ["2.0"]
    assert texts(parts, "adminEmail") == ["admin@example.org"]
    assert texts(parts, "deletedRecord") == ["persistent"]
    assert texts(parts, "granularity") == ["YYYY-MM-DDThh:mm:ssZ"]
    assert texts(parts, "compression") == ["gzip"]


def test_the_earliest_datestamp_is_the_first_w() -> None:
    parts = verbs.identify(asked(FakeLine(w=START + 100), "verb=Identify"))

    assert texts(parts, "earliestDatestamp") == ["2026-11-18T11:06:40Z"]


def test_a_context_has_its_own_name_and_base_url() -> None:
    parts = verbs.identify(asked(FakeLine(), "verb=Identify", context=a_context("open", title="Open <& free>")))

    assert texts(parts, "repositoryName") == ["Open <& free>"]
    assert texts(parts, "baseURL") == ["http://repository.example/oai/open"]


def test_formats_come_from_the_registry_with_their_schema() -> None:
    parts = verbs.list_metadata_formats(asked(FakeLine(), "verb=ListMetadataFormats"))

    assert texts(parts, "metadataPrefix") == ["oai_dc", "lom"]
    assert texts(parts, "schema")[0] == "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
    assert texts(parts, "metadataNamespace")[0] == "http://www.openarchives.org/OAI/2.0/oai_dc/"


def test_formats_of_a_record_and_of_a_deleted_one_are_those_it_has_or_had() -> None:
    line = FakeLine()
    line.add(1)
    line.items["gone"] = Item(9, 9, "gone", True, a_header(9), b"", Facts(formats=("lom", "oai_dc")), 1, 9)

    for uuid in ("uuid-1", "gone"):
        parts = verbs.list_metadata_formats(asked(line, f"verb=ListMetadataFormats&identifier=oai:x:{uuid}"))
        assert texts(parts, "metadataPrefix") == ["oai_dc", "lom"]


def test_formats_of_an_unknown_or_unlawful_identifier_do_not_exist() -> None:
    for identifier in ("oai:x:nope", "oai:other:uuid-1", "nonsense", "%20"):
        request = asked(FakeLine(), f"verb=ListMetadataFormats&identifier={identifier}")
        assert codes(request, verbs.list_metadata_formats) == ["idDoesNotExist"]


def test_a_known_record_without_any_format_has_no_metadata_formats() -> None:
    line = FakeLine()
    line.add(1)
    request = asked(line, "verb=ListMetadataFormats&identifier=oai:x:uuid-1", context=a_context(formats=("rare",)))

    assert codes(request, verbs.list_metadata_formats) == ["noMetadataFormats"]


def test_sets_are_listed_with_their_names_in_the_order_of_their_specs() -> None:
    line = FakeLine()
    line.add(1, specs=("open", "subject:mathematics", "subject:mathematics:algebra", "language:nl"))

    parts = verbs.list_sets(asked(line, "verb=ListSets"))

    assert texts(parts, "setSpec") == ["language:nl", "open", "subject:mathematics", "subject:mathematics:algebra"]
    assert texts(parts, "setName") == ["Taal: Nederlands", "Open materiaal", "Vak: Wiskunde", "Vak: Algebra"]
    assert texts(parts, "resumptionToken") == []


def test_sets_of_families_that_are_off_are_not_listed() -> None:
    line = FakeLine()
    line.add(1, specs=("open", "source:x"))

    parts = verbs.list_sets(asked(line, "verb=ListSets", context=a_context(families=frozenset({"open"}))))

    assert texts(parts, "setSpec") == ["open"]


def test_many_sets_are_paged_and_each_comes_once() -> None:
    line, site = FakeLine(), fake_site(page_size=1)
    specs = [f"collection:c{n:02}" for n in range(12)]
    line.add(1, specs=tuple(specs))
    seen, query, cursors = [], "verb=ListSets", []
    while query:
        parts = verbs.list_sets(asked(line, query, site=site))
        seen += texts(parts, "setSpec")
        [token] = xml(parts).iter(f"{{{OAI}}}resumptionToken")
        cursors.append((token.get("cursor"), token.get("completeListSize")))
        query = f"verb=ListSets&resumptionToken={token.text}" if token.text else ""

    assert seen == specs
    assert cursors == [("0", "12"), ("5", "12"), ("10", "12")]


def test_a_token_of_records_is_none_of_sets() -> None:
    line, site = FakeLine(), fake_site(page_size=1)
    line.add(1, specs=tuple(f"collection:c{n}" for n in range(9)))
    [token] = texts(verbs.list_sets(asked(line, "verb=ListSets", site=site)), "resumptionToken")

    from provider.lists import list_records  # noqa: PLC0415 - only here

    assert codes(asked(line, f"verb=ListRecords&resumptionToken={token}", site=site), list_records) == [
        "badResumptionToken"
    ]


def test_a_repository_without_sets_has_no_hierarchy() -> None:
    assert codes(asked(FakeLine(), "verb=ListSets"), verbs.list_sets) == ["noSetHierarchy"]


def test_a_record_is_given_with_its_face() -> None:
    line = FakeLine()
    line.add(1)

    parts = verbs.get_record(asked(line, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:uuid-1"))

    assert b"".join(parts).count(b"<metadata><face>1</face></metadata>") == 1


@pytest.mark.parametrize(
    ("identifier", "prefix", "expected"),
    [
        ("oai:x:nope", "oai_dc", ["idDoesNotExist"]),
        ("oai:x:UUID-1", "oai_dc", ["idDoesNotExist"]),
        ("uuid-1", "oai_dc", ["idDoesNotExist"]),
        ("oai:x:uuid-1", "marc", ["cannotDisseminateFormat"]),
        ("oai:x:nope", "marc", ["cannotDisseminateFormat", "idDoesNotExist"]),
    ],
)
def test_what_is_wrong_with_a_record_is_all_told(identifier: str, prefix: str, expected: list[str]) -> None:
    line = FakeLine()
    line.add(1)
    request = asked(line, f"verb=GetRecord&metadataPrefix={prefix}&identifier={identifier}")

    assert codes(request, verbs.get_record) == expected


def test_a_deleted_record_is_a_header() -> None:
    line = FakeLine()
    header = a_header(1).replace(b"<header>", b'<header status="deleted">')
    line.items["uuid-1"] = Item(9, 1, "uuid-1", True, header, b"", Facts(), 1, 9)

    parts = verbs.get_record(asked(line, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:uuid-1"))

    assert b"".join(parts) == b"<GetRecord><record>" + header + b"</record></GetRecord>"


def part_of(line: FakeLine, *, deleted: bool) -> None:
    [(position, row)] = line.rows["", "", ""].items()
    line.rows["part", "", ""] = {position: row._replace(deleted=deleted, face=None)}


def test_a_record_that_left_a_context_is_deleted_there_and_lives_elsewhere() -> None:
    line = FakeLine()
    line.add(1)
    part_of(line, deleted=True)
    query = "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:uuid-1"

    there = verbs.get_record(asked(line, query, context=a_context("part")))
    elsewhere = verbs.get_record(asked(line, query))

    assert b'<header status="deleted">' in b"".join(there)
    assert b"<metadata>" not in b"".join(there)
    assert b"<metadata>" in b"".join(elsewhere)


def test_a_record_that_never_was_in_a_context_does_not_exist_there() -> None:
    line = FakeLine()
    line.add(1)
    request = asked(line, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:uuid-1", context=a_context("part"))

    assert codes(request, verbs.get_record) == ["idDoesNotExist"]


def test_a_sparse_format_is_given_to_those_that_have_it_and_deleted_for_those_that_had_it() -> None:
    line = FakeLine()
    has, had = line.add(1), line.add(2)
    line.add(3)
    line.rows["", "", "rare"] = {has.position: has, had.position: had._replace(deleted=True)}
    context = a_context(formats=("oai_dc", "rare"))

    def of(n: int) -> Asked:
        return asked(line, f"verb=GetRecord&metadataPrefix=rare&identifier=oai:x:uuid-{n}", context=context)

    assert b"<metadata>" in b"".join(verbs.get_record(of(1)))
    assert b'status="deleted"' in b"".join(verbs.get_record(of(2)))
    assert codes(of(3), verbs.get_record) == ["cannotDisseminateFormat"]


def test_a_record_in_a_view_that_is_being_filled_comes_later() -> None:
    line = FakeLine(closed={"lom"})
    line.add(1)

    with pytest.raises(Unavailable):
        verbs.get_record(asked(line, "verb=GetRecord&metadataPrefix=lom&identifier=oai:x:uuid-1"))
