"""Contributors out of dirty cards and bare names, and back as valid vCard 3.0."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from schemas import agent
from schemas.record import Entity
from schemas.vcard import escape, properties, split, unescape
from tests.support.shared import SHARED, needs_shared

ORCID = "https://orcid.org/0000-0002-1825-0097"


def a_card(*lines: str, version: str = "3.0") -> str:
    return "\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD"])


@pytest.mark.parametrize(
    ("raw", "fn", "kind"),
    [
        (a_card("N:Janssens;Marie;;;", "FN:Marie Janssens"), "Marie Janssens", "person"),
        (a_card("N:Janssens;Marie", "FN:"), "Marie Janssens", "person"),
        (a_card("FN:", "N:;;;;", "ORG:Profweb"), "Profweb", "organization"),
        (a_card("FN:Wikipedia", "ORG:Wikipedia"), "Wikipedia", "organization"),
        (a_card("KIND:org", "FN:Marie Janssens", version="4.0"), "Marie Janssens", "organization"),
        (a_card("FN:Universiteit Gent"), "Universiteit Gent", "organization"),
        ("begin:vcard\r\n   fn:Marie Janssens\r\n \r\n   end:vcard", "Marie Janssens", "person"),
        ("BEGIN:VCARD VERSION:3.0 N:Balaam;Andrew;;; FN:Andrew Balaam END:VCARD", "Andrew Balaam", "person"),
        (r"BEGIN:VCARD\nVERSION:3.0\nFN:Marie Janssens\nEND:VCARD", "Marie Janssens", "person"),
        (
            "BEGIN:VCARD\r\nORG:Vereniging van lerare\r\n n wiskunde\r\nEND:VCARD",
            "Vereniging van leraren wiskunde",
            "organization",
        ),
        ("BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Zo=C3=AB Maes\nEND:VCARD", "Zoë Maes", "person"),
        ("Silva, Ana", "Ana Silva", "person"),
        ("Smith, John, 1950-", "John Smith", "person"),
        ("Jan van der Berg", "Jan van der Berg", "person"),
        ("SEAD, LEPAC, PROPESQ", "SEAD, LEPAC, PROPESQ", "organization"),
        ("University, Open", "University, Open", "organization"),
        ("UNIT", "UNIT", "organization"),
        ("Jan Maes <jan.maes@example.org>", "Jan Maes", "person"),
        ("", None, None),
        ("BEGIN:WRONGTAG\nEX:Example\nEND:VCARD", None, None),
        (a_card("UID:https://example.org/people/1"), None, None),
    ],
)
def test_reading_finds_name_and_kind(raw: str, fn: str | None, kind: str | None) -> None:
    entity = agent.read(raw)

    assert (entity.fn, entity.kind, entity.raw) == (fn, kind, raw)


def test_reading_finds_all_parts() -> None:
    raw = a_card(
        "N:Janssens;Marie;;Dr.;",
        "FN:Marie Janssens",
        r"ORG:Universiteit Gent\, campus Ledeganck;Biologie",
        "item1.EMAIL;TYPE=INTERNET:marie@example.org",
        "URL:https://orcid.org/0000-0002-1825-0097",
        "URL:https://ror.org/00cv9y106",
    )

    entity = agent.read(raw)

    assert entity.n == "Janssens;Marie;;Dr."
    assert entity.org == "Universiteit Gent, campus Ledeganck, Biologie"
    assert (entity.email, entity.orcid, entity.ror) == ("marie@example.org", ORCID, "https://ror.org/00cv9y106")


def test_an_orcid_with_a_wrong_check_digit_is_none() -> None:
    assert agent.orcid_uri("https://orcid.org/0000-0002-1825-0098", labelled=False) is None


def test_the_face_holds_no_contact_unless_asked() -> None:
    entity = agent.read(
        a_card(
            "N:Maes;Jan",
            "FN:Jan Maes jan@example.org",
            "EMAIL:jan@example.org",
            "TEL;TYPE=WORK:+32 9 123 45 67",
            "ADR;TYPE=WORK:;;Straat 1;Gent;;9000;België",
            "URL:https://example.org/jan",
        )
    )

    private = agent.vcard(entity, False)
    public = agent.vcard(entity, True)

    assert private.splitlines()[2:-1] == ["N:Maes;Jan;;;", "FN:Jan Maes", "URL:https://example.org/jan"]
    assert "EMAIL;TYPE=INTERNET:jan@example.org" in public
    assert "TEL:+32 9 123 45 67" in public
    assert "ADR:;;Straat 1;Gent;;9000;België" in public


def test_a_name_that_is_only_an_address_gives_no_card() -> None:
    assert agent.vcard(agent.read("jan@example.org"), False) == ""


def test_n_is_filled_from_the_name() -> None:
    assert "N:van der Berg;Jan;;;" in agent.vcard(Entity(fn="Jan van der Berg", kind="person")).splitlines()
    assert "N:Universiteit Gent;;;;" in agent.vcard(Entity(fn="Universiteit Gent")).splitlines()


def test_semicolons_and_commas_are_escaped() -> None:
    lines = agent.vcard(Entity(fn=r"Uitgeverij A; B, C\D", kind="organization")).splitlines()

    assert r"FN:Uitgeverij A\; B\, C\\D" in lines


def test_changed_parts_rewrite_the_card() -> None:
    before = agent.read(a_card("N:Maes;Jan", "FN:Jan Maes", "EMAIL:jan@example.org"))

    after = agent.settled(
        Entity(before.raw, "Jan De Maes", "De Maes;Jan", None, before.email, None, None, "person"), before
    )

    assert after.fn == "Jan De Maes"
    assert agent.read(after.raw).n == "De Maes;Jan"
    assert agent.read(after.raw).email == "jan@example.org"


def test_a_changed_card_rewrites_the_parts() -> None:
    before = agent.read("Silva, Ana")
    changed = Entity("Silva, Bea", *agent._parts(before))

    assert agent.settled(changed, before).fn == "Bea Silva"


def test_parts_alone_make_a_card() -> None:
    settled = agent.settled(Entity(fn="Ana Silva", email="ana@example.org"))

    assert agent.read(settled.raw).fn == "Ana Silva"
    assert agent.read(settled.raw).email == "ana@example.org"


_NAMES = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["Ana Silva", "Jan van der Berg", "UNIT", "a;b,c"]
)
_OPTIONAL = st.none() | _NAMES
_ENTITIES = st.builds(
    Entity,
    raw=_NAMES | st.builds(a_card, st.builds("URL:{}".format, _NAMES), st.builds("TEL:{}".format, _NAMES)),
    fn=_OPTIONAL,
    n=_OPTIONAL,
    org=_OPTIONAL,
    email=_OPTIONAL | st.just("a.b@example.org"),
    orcid=st.sampled_from([None, ORCID, "x"]),
    ror=st.sampled_from([None, "https://ror.org/00cv9y106"]),
    kind=st.sampled_from([None, "person", "organization", "robot"]),
)


@given(_ENTITIES, st.booleans())
def test_writing_is_a_fixed_point(entity: Entity, contact: bool) -> None:
    written = agent.vcard(entity, contact)

    assert agent.vcard(agent.read(written), contact) == written


@given(_ENTITIES)
def test_a_written_card_is_valid_and_without_contact(entity: Entity) -> None:
    lines = agent.vcard(entity, False).split("\n")

    if lines != [""]:
        assert [line.split(":")[0] for line in lines[:4]] == ["BEGIN", "VERSION", "N", "FN"]
        assert len(split(lines[2])) == 5
        assert lines[3] != "FN:"
        assert not any(line.startswith(("EMAIL", "TEL", "ADR")) for line in lines)
        assert all(line == line.strip() and line.isprintable() is not None for line in lines)


_PIECES = [
    "Jan",
    "van",
    "der",
    "Berg",
    "Universiteit",
    "Gent",
    ",",
    ";",
    "\\",
    "\\,",
    "-",
    "&",
    "Jr.",
    "UNIT",
    "\n",
    "12",
]
_LINES = st.lists(
    st.sampled_from([*_PIECES, "+32470123456", "0470123456", "jan@example.org", "<jan@example.org>"]), max_size=6
)


@given(_LINES.map(" ".join), _LINES.map(" ".join), st.booleans())
def test_no_contact_hides_in_a_name(one: str, other: str, as_card: bool) -> None:
    raw = a_card(f"N:{one}", f"FN:{other}", f"ORG:{one}", f"TEL:{one}", f"ADR:{one};{other}") if as_card else one

    written = agent.vcard(agent.read(raw), False)

    assert "@" not in written
    assert "470123456" not in written
    assert agent.vcard(agent.read(written), False) == written


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert agent.read(text).raw == text
    assert agent.read("BEGIN:VCARD\n" + text).raw == "BEGIN:VCARD\n" + text


@given(st.text())
def test_escaping_is_undone(text: str) -> None:
    assert unescape(escape(text)) == text


def _cards(folder: Path) -> list[str]:
    cards = []
    for path in sorted(folder.rglob("*.xml")):
        root = etree.iterparse(str(path), recover=True)
        for _, element in root:
            if isinstance(element.tag, str) and element.tag.rpartition("}")[2].rpartition(":")[2] in (
                "entity",
                "vcard",
            ):
                cards.append("".join(element.itertext()))
    return cards


@needs_shared
def test_every_real_card_with_a_name_gives_a_valid_card() -> None:
    cards = [raw for raw in _cards(SHARED / "data") if "VCARD" in raw]
    nameless = [
        raw
        for raw in cards
        if not any(p.name in ("N", "FN", "ORG") and p.value.strip("; \n\t") for p in properties(raw))
    ]

    assert len(cards) > 100
    for raw in cards:
        written = agent.vcard(agent.read(raw))
        assert (written == "") == (raw in nameless), raw
        assert agent.vcard(agent.read(written)) == written
