"""Pages: their JSON-LD, their own address, and microdata or RDFa where there is no JSON-LD."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.formats.format import Delivery
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.record import Record

U = "https://example.org/page"
COURSE = {"@context": "https://schema.org", "@type": "Course", "name": "C"}


def a_page(*scripts: Any, head: str = "") -> bytes:
    told = (one if isinstance(one, str) else json.dumps(one) for one in scripts)
    text = "".join(f'<script type="application/ld+json">{one}</script>' for one in told)
    return f"<!DOCTYPE html><html><head>{head}{text}</head><body></body></html>".encode()


def found(data: bytes) -> list[Delivery]:
    return list(deliveries(data, Incoming("x")))


def record(data: bytes) -> Record:
    (one,) = found(data)
    assert one.reading is not None, one.problems
    return one.reading.record


def locations(data: bytes) -> tuple[str, ...]:
    technical = record(data).technical
    return technical.location if technical else ()


@pytest.mark.parametrize(
    "head",
    [
        f'<link rel="canonical" href="{U}">',
        f"<link href='{U}' rel='alternate canonical' />",
        f"<LINK REL=Canonical HREF={U}>",
        f'<meta property="og:url" content="{U}">',
        f'<meta content="{U}" name="og:url"/>',
        f'<meta property="og:url" content="https://example.org/og"><link rel="canonical" href="{U}">',
        f'<!-- <link rel="canonical" href="https://example.org/old"> --><link rel="canonical" href="{U}">',
        '<base href="https://example.org/"><link rel="canonical" href="/page">',
    ],
)
def test_a_page_gives_its_address_to_what_has_none(head: str) -> None:
    assert locations(a_page(COURSE, head=head)) == (U,)


@pytest.mark.parametrize("node_id", ["#resource", "_:b0"])
def test_a_name_within_the_page_is_no_address(node_id: str) -> None:
    assert locations(a_page({**COURSE, "@id": node_id}, head=f'<link rel="canonical" href="{U}">')) == (U,)


def test_an_own_address_counts_and_a_relative_one_is_made_whole() -> None:
    head = f'<link rel="canonical" href="{U}">'

    assert locations(a_page({**COURSE, "url": "https://example.org/own"}, head=head)) == ("https://example.org/own",)
    assert locations(a_page({**COURSE, "url": "/other"}, head=head)) == ("https://example.org/other",)


def test_the_address_of_the_page_is_nobodys_where_there_are_several() -> None:
    two = [COURSE, {**COURSE, "name": "D"}]

    assert all(
        one.reading and not one.reading.record.technical
        for one in found(a_page(two, head=f'<link rel="canonical" href="{U}">'))
    )


@pytest.mark.parametrize(
    "script",
    [
        '//<![CDATA[\n{"@type":"Course","name":"C","url":"https://example.org/page"}\n//]]>',
        '<!--\n{"@type":"Course","name":"C","url":"https://example.org/page"}\n-->',
        "{&quot;@type&quot;:&quot;Course&quot;,&quot;name&quot;:&quot;C&quot;,&quot;url&quot;:&quot;https://example.org/page&quot;}",
        '{"@type":"Organization","name":"O"}\n{"@type":"Course","name":"C","url":"https://example.org/page"}',
        '{"@type":"Course","name":"C","description":"a\nb","url":"https://example.org/page",}',
    ],
)
def test_scripts_come_in_many_dresses(script: str) -> None:
    assert locations(a_page(script)) == (U,)


@pytest.mark.parametrize("codec", ["utf-8", "iso-8859-1", "utf-16"])
def test_a_page_is_in_the_encoding_it_declares(codec: str) -> None:
    declared = f'<meta charset="{codec}">'
    page = a_page('{"@type":"Course","name":"Café","url":"https://example.org/c"}', head=declared).decode()

    general = record(page.encode(codec)).general
    assert general is not None
    assert general.title is not None
    assert general.title[0].value == "Café"


def test_microdata_is_read_where_there_is_no_json_ld() -> None:
    page = f"""<html><head><link rel="canonical" href="{U}"></head><body>
    <div itemscope itemtype="https://schema.org/LearningResource"><h1 itemprop="name">Micro</h1>
    <p itemprop="description">Words <b>and</b> more</p><a itemprop="license" href="https://creativecommons.org/licenses/by/4.0/">CC</a>
    <span itemprop="author" itemscope itemtype="http://schema.org/Person"><span itemprop="name">Mia M</span></span>
    <meta itemprop="inLanguage" content="nl"><time itemprop="dateCreated" datetime="2020-03-04">4 maart</time></div>"""

    read = record(page.encode())

    assert read.general is not None
    assert read.life_cycle is not None
    assert read.general.title is not None
    assert read.general.title[0].value == "Micro"
    assert read.general.description[0][0].value == "Words and more"
    assert read.general.language == ("nl",)
    assert read.life_cycle.contribute[0].entity[0].fn == "Mia M"
    assert locations(page.encode()) == (U,)


def test_rdfa_is_read_where_there_is_no_json_ld() -> None:
    page = f"""<html><body vocab="https://schema.org/" typeof="Course"><h1 property="name">R</h1>
    <a property="url" href="{U}">x</a><div property="author" typeof="Person"><span property="name">Rik R</span></div>
    </body></html>"""

    assert locations(page.encode()) == (U,)


@pytest.mark.parametrize("body", ["<p>hello</p>", '<div itemscope itemtype="https://schema.org/Person">x</div>'])
def test_a_page_that_describes_nothing_is_one_reject(body: str) -> None:
    (one,) = found(f"<html><body>{body}</body></html>".encode())

    assert one.problems[0].code == "unknown_format"


def test_deep_markup_is_read_to_its_end() -> None:
    page = "<html>" + "<div itemscope itemtype='https://schema.org/Course'>" + "<b>" * 50_000 + "x"

    assert found(page.encode())
