"""The summary: which words, terms, addresses and dates of a record it takes, and what it must never carry."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record import (
    Classification,
    Contribute,
    DateTime,
    Educational,
    Entity,
    File,
    General,
    Identifier,
    LangString,
    LangStrings,
    LifeCycle,
    Record,
    Relation,
    Resource,
    Rights,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
)
from schemas.summary.age import age_range, joined
from schemas.summary.sets import sets_of
from schemas.summary.summary import Summary, labelled, summarise
from schemas.summary.text import keywords, media_type, plain
from schemas.vocabularies.vocabularies import shipped

OWN = "https://w3id.org/oerbron"
HCRT = "https://w3id.org/kim/hcrt"
PHRASE = "Een zin, met komma's, die geen lijst is maar een bewering over hoe lang zinnen kunnen zijn, namelijk lang."
ORCID = "https://orcid.org/0000-0002-1825-0097"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


def text(*strings: tuple[str | None, str]) -> LangStrings:
    return tuple(LangString(lang, value) for lang, value in strings)


def summary(record: Record) -> Summary:
    return summarise(record, shipped())


def lom(value: str) -> Vocabulary:
    return Vocabulary(source="LOMv1.0", value=value)


def path(*entries: str, ids: tuple[str | None, ...] = ()) -> TaxonPath:
    known = ids or (None,) * len(entries)
    return TaxonPath(
        taxon=tuple(Taxon(id=id_, entry=text(("nl", entry))) for id_, entry in zip(known, entries, strict=True))
    )


def classified(purpose: str | None, *paths: TaxonPath) -> Record:
    return Record(classification=(Classification(purpose=lom(purpose) if purpose else None, taxon_path=paths),))


def rights(description: str, cost: str | None = None) -> Record:
    return Record(rights=Rights(cost=lom(cost) if cost else None, description=text(("nl", description))))


def test_an_empty_record_gives_an_empty_summary() -> None:
    assert summary(Record()) == Summary(title="")


def test_the_title_is_in_the_main_language_of_the_resource() -> None:
    general = General(title=text(("en", "Fractions"), ("nl-BE", "Breuken")), language=("nl", "en"))

    found = summary(Record(general=general))

    assert (found.title, found.title_lang, found.language) == ("Breuken", "nl-BE", ("nl", "en"))


def test_the_first_title_with_words_stands_in_when_no_language_fits() -> None:
    general = General(title=text(("en", "  "), ("fr", "Les\n fractions")), language=("nl",))

    assert summary(Record(general=general)).title == "Les fractions"


def test_languages_are_bcp_47_and_none_is_no_language() -> None:
    assert summary(Record(general=General(language=("pt_BR", "none", "NL", "nl")))).language == ("pt-BR", "nl")


def test_the_language_of_the_task_stands_in_for_a_missing_one() -> None:
    assert summary(Record(educational=(Educational(language=("fr",)),))).language == ("fr",)


@pytest.mark.parametrize(
    ("received", "words"),
    [
        ("<p>Een&nbsp;<b>les</b></p><ul><li>een</li><li>twee</li></ul>", "Een les een twee"),
        ("&lt;p&gt;twee keer &amp;amp; klaar&lt;/p&gt;", "twee keer & klaar"),
        ("a < b en c > d", "a < b en c > d"),
        ("List<T> en x<y", "List<T> en x<y"),
        ("<script>alert('x')</script>na<!-- weg -->", "na"),
        ("een <!-- nooit gesloten", "een"),
        ("H<sub>2</sub>O", "H2O"),
        ("Schrijf naar jan.peeters@school.be!", "Schrijf naar …!"),
    ],
)
def test_a_description_is_plain_text(received: str, words: str) -> None:
    assert plain(received) == words


@given(st.text())
def test_plain_text_has_no_known_tag_and_single_spaces(received: str) -> None:
    found = plain(f"<p>{received}</p>")

    assert found == " ".join(found.split())


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("a, b, c", ("a", "b", "c")),
        ("Leuven, België", ("Leuven, België",)),
        ("breuken; kommagetallen ;", ("breuken", "kommagetallen")),
        ("a|b", ("a", "b")),
        ("  ", ()),
        (PHRASE, (PHRASE,)),
    ],
)  # fmt: skip
def test_packed_keywords_come_apart(received: str, expected: tuple[str, ...]) -> None:
    assert keywords(received) == expected


def test_keywords_are_flat_without_doubles_and_take_those_of_classifications() -> None:
    record = Record(
        general=General(keyword=(text(("nl", "Breuken"), ("en", "fractions")), text(("nl", "breuken")))),
        classification=(Classification(keyword=(text(("nl", "rekenen")),)),),
    )

    assert summary(record).keywords == ("Breuken", "fractions", "rekenen")


def test_the_landing_page_is_the_location_that_pairs_with_html() -> None:
    technical = Technical(
        format=("application/pdf", "text/html"), location=("https://example.org/a.pdf", " https://example.org/a ")
    )

    assert summary(Record(technical=technical)).url == "https://example.org/a"


def test_a_file_marked_as_landing_page_goes_first() -> None:
    record = Record(
        technical=Technical(location=("https://example.org/a",)), files=(File("https://example.org/b", role="landing"),)
    )

    assert summary(record).url == "https://example.org/b"


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("https://example.org/x", "https://example.org/x"),
        ("doi:10.5281/zenodo.1", "https://doi.org/10.5281/zenodo.1"),
        ("10.5281/zenodo.1", "https://doi.org/10.5281/zenodo.1"),
        ("isbn 90-1", None),
    ],
)
def test_an_identifier_gives_the_address_where_no_location_does(entry: str, url: str | None) -> None:
    record = Record(
        general=General(identifier=(Identifier("x", entry),)), technical=Technical(location=("C:\\les.doc", "ftp://x"))
    )

    assert summary(record).url == url


def test_a_thumbnail_is_read_from_its_relation() -> None:
    resource = Resource(identifier=(Identifier("URI", "https://example.org/t.png"),))

    assert summary(Record(relation=(Relation(lom("hasthumbnail"), resource),))).thumbnail == "https://example.org/t.png"
    assert summary(Record(relation=(Relation(lom("haspart"), resource),))).thumbnail is None


def test_contributors_have_name_role_kind_and_id_and_the_publisher_is_named() -> None:
    record = Record(
        life_cycle=LifeCycle(
            contribute=(
                Contribute(
                    role=lom("author"),
                    entity=(Entity(fn="An Peeters", orcid=ORCID, kind="person"),),
                ),
                Contribute(
                    role=Vocabulary("SCOLOMFRv2.0", "http://data.education.fr/voc/scolomfr/concept/publisher"),
                    entity=(Entity(raw="x", fn="Uitgeverij Bron", kind="organization"),),
                ),
            )
        )
    )  # fmt: skip

    found = summary(record)

    assert [msgspec.structs.astuple(one) for one in found.contributors] == [
        ("An Peeters", "author", "person", ORCID),
        ("Uitgeverij Bron", "publisher", "organization", None),
    ]
    assert found.publisher == "Uitgeverij Bron"


def test_an_entity_whose_parts_were_not_read_is_read() -> None:
    card = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:Jan Janssens\nN:Janssens;Jan\nEMAIL:jan@school.be\nTEL:+32 16 12 34 56\nEND:VCARD"
    )

    found = summary(Record(life_cycle=LifeCycle(contribute=(Contribute(lom("author"), (Entity(raw=card),)),))))

    assert [one.name for one in found.contributors] == ["Jan Janssens"]


@pytest.mark.parametrize("where", ["name", "title", "description", "keyword", "rights", "taxon"])
def test_no_address_and_no_phone_is_ever_in_it(where: str) -> None:
    contact = "An Peeters <an.peeters@school.be>"
    records = {
        "name": Record(
            life_cycle=LifeCycle(contribute=(Contribute(lom("author"), (Entity(fn=contact + " +32 16 12 34 56"),)),))
        ),
        "title": Record(general=General(title=text(("nl", contact)))),
        "description": Record(general=General(description=(text(("nl", contact)),))),
        "keyword": Record(general=General(keyword=(text(("nl", contact)),))),
        "rights": rights("Vraag het aan an.peeters@school.be, CC BY 4.0"),
        "taxon": classified("discipline", path(contact)),
    }

    written = msgspec.json.encode(summary(records[where]))

    assert b"@" not in written
    assert not re.search(rb"\d{2} \d{2} \d{2}", written)


def test_values_become_terms_of_the_wider_schemes() -> None:
    record = Record(
        educational=(
            Educational(
                learning_resource_type=(lom("simulation"), Vocabulary("x", "Filmpje"), Vocabulary("x", "Nooit gezien")),
                context=(Vocabulary("http://purl.edustandaard.nl/x", "VO"),),
                intended_end_user_role=(lom("learner"), Vocabulary("x", "student")),
            ),
        ),
        general=General(language=("nl",)),
    )

    found = summary(record)

    assert [(term.id, term.label) for term in found.resource_types] == [
        (f"{HCRT}/simulation", "Simulatie"),
        (f"{HCRT}/video", "Video"),
        (None, "Nooit gezien"),
    ]
    assert [term.id for term in found.levels] == [f"{OWN}/level/secondary"]
    assert [term.id for term in found.audiences] == [f"{OWN}/audience/learner"]


def test_the_concept_of_a_value_that_nobody_knows_may_stand_beside_it() -> None:
    value = Vocabulary("x", "iets eigens", f"{HCRT}/video")

    found = summary(Record(educational=(Educational(learning_resource_type=(value,)),)))

    assert [term.id for term in found.resource_types] == [f"{HCRT}/video"]


def test_taxa_become_subjects_and_levels_without_those_above_them() -> None:
    subjects = summary(classified("discipline", path("Wiskunde", "Algebra"), path("Wiskunde"))).subjects
    levels = summary(classified("educational level", path("Secundair onderwijs", "1e graad secundair"))).levels

    assert [term.id for term in subjects] == [f"{OWN}/subject/algebra", f"{OWN}/subject/mathematics"]
    assert [term.id for term in levels] == [f"{OWN}/level/secondary-1"]


def test_an_unknown_subject_keeps_the_words_of_its_last_taxon() -> None:
    (term,) = summary(classified("discipline", path("Eurêka", "Vitrine"))).subjects

    assert (term.id, term.label) == (None, "Vitrine")


@pytest.mark.parametrize("purpose", ["competency", "prerequisite", "idea", "accessibility restrictions"])
def test_taxa_of_other_purposes_are_no_subjects(purpose: str) -> None:
    found = summary(classified(purpose, path("Wiskunde")))

    assert found.subjects == found.levels == ()


def test_a_taxon_without_a_purpose_counts_when_it_is_known() -> None:
    found = summary(classified(None, path("Wiskunde"), path("Iets")))

    assert [term.id for term in found.subjects] == [f"{OWN}/subject/mathematics"]


@pytest.mark.parametrize(
    ("received", "years"),
    [
        ("12-14", (12, 14)),
        ("12-", (12, None)),
        ("6 jaar", (6, 6)),
        ("U-12", (None, 12)),
        ("17+", (17, None)),
        ("14–12", (12, 14)),
        ("A partir de 14 anos.", (14, None)),
        ("13 a 25 anos", (13, 25)),
        ("20 en adelante", (20, None)),
        ("acima de 18 anos", (18, None)),
        ("Inicial 17 anos", (17, 17)),
        ("tot 12 jaar", (None, 12)),
        ("van 6 tot 8", (6, 8)),
        ("12 jaar en ouder", (12, None)),
        ("suitable for children over 7", (7, None)),
        ("adultos", (18, None)),
        ("1 ano ensino médio", None),
        ("Diverso", None),
        ("1999-2003", None),
        ("", None),
        ("1" + " " * 100_000 + "x", (1, 1)),
    ],
)
def test_an_age_range_is_read_from_what_people_write(
    received: str, years: tuple[int | None, int | None] | None
) -> None:
    assert age_range(received) == years


@given(st.integers(0, 120), st.integers(0, 120))
def test_a_written_range_reads_back(one: int, other: int) -> None:
    assert age_range(f"{min(one, other)}-{max(one, other)}") == (min(one, other), max(one, other))


@given(
    st.lists(st.one_of(st.none(), st.text(), st.sampled_from(["a@b.example", "http://", "<p>", "1-", ","])), min_size=9)
)
def test_no_text_breaks_the_summary_or_brings_an_address_into_it(words: list[str | None]) -> None:
    first, second, third = (words[index] or "" for index in range(3))
    value = Vocabulary(*words[3:6])
    strings = text((words[6], first), (words[7], second), (None, third))
    record = Record(
        general=General((Identifier(words[3], words[4]),), strings, (first,), (strings, ()), (strings,)),
        life_cycle=LifeCycle(contribute=(Contribute(value, (Entity(raw=first), Entity(fn=second))),)),
        technical=Technical(format=(first,), location=(second, third)),
        educational=(Educational(None, (value,), None, None, (value,), (value,), (strings, ())),),
        rights=Rights(value, value, strings),
        relation=(Relation(value, Resource(description=(strings,))), Relation()),
        classification=(Classification(value, (TaxonPath(strings, (Taxon(words[8], strings), Taxon())), TaxonPath())),),
    )

    found = summary(record)

    assert b"a@b.example" not in msgspec.json.encode(found)
    assert sets_of(found, shipped())
    assert labelled(found, shipped(), ("nl",), 0.5)["title"] == found.title


def test_several_ranges_are_joined_and_an_open_side_stays_open() -> None:
    record = Record(educational=(Educational(typical_age_range=(text(("nl", "5-6")), text(("nl", "7-8")))),))

    assert summary(record).age_range == (5, 8)
    assert joined([(5, 6), (12, None)]) == (5, None)


@pytest.mark.parametrize(
    ("record", "free"),
    [
        (rights(BY_SA), True),
        (rights(BY_SA, "yes"), False),
        (rights("Alle rechten voorbehouden", "no"), True),
        (rights("Alle rechten voorbehouden"), None),
        (Record(), None),
    ],
)
def test_free_follows_the_cost_and_then_the_licence(record: Record, free: bool | None) -> None:
    assert summary(record).free is free


@pytest.mark.parametrize(
    ("received", "type_"),
    [
        ("PDF", "application/pdf"),
        (".swf", "application/x-shockwave-flash"),
        ("Text/HTML; charset=utf-8", "text/html"),
        ("http://purl.org/NET/mediatypes/text/html", "text/html"),
        ("506857 bytes", None),
        ("non-digital", None),
    ],
)
def test_a_format_is_a_media_type(received: str, type_: str | None) -> None:
    assert media_type(received) == type_


def test_created_is_the_makers_date_and_modified_a_later_one() -> None:
    record = Record(
        life_cycle=LifeCycle(
            contribute=(
                Contribute(lom("publisher"), date=DateTime(raw="2019-01-01", value="2019-01-01")),
                Contribute(lom("author"), date=DateTime(raw="2018-05", value="2018-05")),
                Contribute(lom("validator"), date=DateTime(raw=" 2020-02-03T10:00:00Z ")),
                Contribute(lom("editor"), date=DateTime(raw="vorig jaar")),
            )
        )
    )

    found = summary(record)

    assert (found.created, found.modified) == ("2018-05", "2020-02-03T10:00:00Z")


def test_sets_follow_from_the_metadata_with_all_ancestors() -> None:
    record = Record(
        general=General(language=("nl-BE",)),
        educational=(Educational(learning_resource_type=(lom("simulation"),), context=(lom("school"),)),),
        rights=Rights(description=text((None, BY_SA))),
        classification=classified("discipline", path("Algebra")).classification,
    )

    assert sets_of(summary(record), shipped()) == (
        "language:nl",
        "language:nl:BE",
        "level:school",
        "license:cc",
        "license:cc:by-sa",
        "license:cc:by-sa:4-0",
        "open",
        "subject:mathematics",
        "subject:mathematics:algebra",
        "type:simulation",
    )


@pytest.mark.parametrize(
    ("licence", "spec"),
    [
        ("https://creativecommons.org/licenses/by-sa/3.0/de/", "license:cc:by-sa:3-0"),
        ("http://creativecommons.org/licenses/by-nc/1.0/", "license:cc:by-nc"),
        ("CC BY", "license:cc:by"),
        ("CC0", "license:public-domain:cc0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "license:public-domain:pdm"),
        ("http://rightsstatements.org/vocab/InC-EDU/1.0/", "license:rights-statement:inc-edu"),
        ("GNU Free Documentation License 1.3", "license:software:fdl"),
    ],
)
def test_a_licence_is_in_the_set_of_its_version_or_family(licence: str, spec: str) -> None:
    assert spec in sets_of(summary(rights(licence)), shipped())


@pytest.mark.parametrize("record", [Record(), rights("Alle rechten voorbehouden"), rights("CC BY-NC 4.0")])
def test_what_is_not_known_to_be_open_is_closed(record: Record) -> None:
    found = sets_of(summary(record), shipped())

    assert "closed" in found
    assert "open" not in found


def test_the_labelled_summary_is_the_object_of_the_api() -> None:
    record = Record(
        general=General(title=text(("nl", "Breuken")), language=("nl",)),
        educational=(Educational(lom("active"), (lom("simulation"),), typical_age_range=(text((None, "12-")),)),),
        rights=Rights(description=text((None, BY_SA))),
        life_cycle=LifeCycle(contribute=(Contribute(lom("author"), (Entity(fn="An Peeters", kind="person"),)),)),
    )  # fmt: skip

    found = labelled(summary(record), shipped(), ["de-AT"], 0.82)

    assert set(found) == {*Summary.__struct_fields__, "completeness"} - {"title_lang", "free"}
    assert found["resource_types"] == [{"id": f"{HCRT}/simulation", "label": "Simulation"}]
    assert found["contributors"] == [{"name": "An Peeters", "role": "author", "kind": "person", "id": None}]
    assert found["age_range"] == {"min": 12, "max": None}
    assert found["license"]["id"] == BY_SA
    assert "Namensnennung" in found["license"]["label"]
    assert (found["license"]["open"], found["license"]["free"], found["completeness"]) == (True, True, 0.82)
    assert labelled(summary(Record()), shipped(), [], 0)["license"] is None


def test_terms_packed_in_one_value_are_terms_of_their_own() -> None:
    part = Educational(
        intended_end_user_role=(Vocabulary(value="Teacher, Student"), Vocabulary(value="Wizard; Parent"))
    )

    found = summary(Record(general=General(language=("en",)), educational=(part,)))

    assert [term.label for term in found.audiences] == ["Teacher", "Learner", "Parent", "Wizard"]


def test_a_path_is_read_as_one_term_where_a_step_alone_says_too_little() -> None:
    steps = Classification(lom("educational level"), (path("Secundair onderwijs", "2de graad", "aso"),))

    found = summary(Record(general=General(language=("nl",)), classification=(steps,)))

    assert [term.id for term in found.levels] == [f"{OWN}/level/secondary-2-transition"]


def test_an_address_is_never_a_label() -> None:
    value = Vocabulary(value="https://example.org/types/FlashCard")
    number = Vocabulary(value="https://example.org/types/4711")

    found = summary(Record(educational=(Educational(learning_resource_type=(value, number)),)))

    assert [term.label for term in found.resource_types] == ["Flash Card", "example.org"]


def test_a_label_beside_an_address_is_the_label_of_the_term() -> None:
    value = Vocabulary(value="https://example.org/types/4711", label=text(("de", "Kartei"), ("nl", "Kaartenbak")))

    found = summary(
        Record(general=General(language=("nl",)), educational=(Educational(learning_resource_type=(value,)),))
    )

    assert [term.label for term in found.resource_types] == ["Kaartenbak"]


def test_languages_packed_in_one_tag_are_languages() -> None:
    assert summary(Record(general=General(language=("en, de", "fr;nl")))).language == ("en", "de", "fr", "nl")
