"""Every element of a record comes out in words."""

import msgspec

from portal.site.record.record_rows import Presenter, Section
from portal.web.element_names import FIELDS, SECTIONS
from schemas import record as parts
from schemas.record import (
    Classification,
    Contribute,
    Educational,
    Entity,
    General,
    LangString,
    LifeCycle,
    Record,
    Relation,
    Resource,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
)
from schemas.vocabularies.vocabularies import shipped

OWN = "https://w3id.org/oerbron"


def presented(record: Record, *languages: str) -> tuple[Section, ...]:
    return Presenter(shipped(), languages or ("en",), lambda sentence: sentence).sections(record)


def texts(sections: tuple[Section, ...]) -> dict[str, list[str]]:
    return {row.label: [value.text for value in row.values] for section in sections for row in section.rows}


def test_every_field_there_is_has_a_name() -> None:
    categories = ("General", "LifeCycle", "MetaMetadata", "Technical", "Educational", "Rights")
    fields = {f"{name}.{field}" for name in categories for field in getattr(parts, name).__struct_fields__}

    assert fields <= FIELDS.keys()
    assert set(SECTIONS) == set(Record.__struct_fields__)


def test_an_empty_record_has_no_sections() -> None:
    assert presented(Record(general=General(), technical=Technical())) == ()


def test_titles_keep_their_language() -> None:
    titles = (LangString("nl", "Breuken"), LangString("en", "Fractions"))

    (section,) = presented(Record(general=General(title=titles)))

    assert [(v.text, v.lang) for v in section.rows[0].values] == [("Breuken", "nl"), ("Fractions", "en")]


def test_a_contributor_stands_under_the_role() -> None:
    author = Contribute(
        role=Vocabulary("LOMv1.0", "author", shipped().find("role", "LOMv1.0", "author")),
        entity=(Entity(raw="x", fn="Ada Lovelace", orcid="https://orcid.org/0000-0001"),),
    )

    (section,) = presented(Record(life_cycle=LifeCycle(contribute=(author,))))

    (row,) = section.rows
    assert row.label.lower() == "author"
    assert (row.values[0].text, row.values[0].href) == ("Ada Lovelace", "https://orcid.org/0000-0001")


def test_a_vcard_that_could_not_be_read_is_not_shown_raw() -> None:
    card = Contribute(entity=(Entity(raw="BEGIN:VCARD\nEMAIL:a@example.org\nEND:VCARD"),))

    assert presented(Record(life_cycle=LifeCycle(contribute=(card,)))) == ()


def test_a_classification_is_a_path() -> None:
    path = TaxonPath(
        source=(LangString("en", "Subjects"),),
        taxon=(
            Taxon("1", (LangString("en", "Science"),)),
            Taxon("https://example.org/2", (LangString("en", "Physics"),)),
        ),
    )

    (section,) = presented(Record(classification=(Classification(taxon_path=(path,)),)))

    (value,) = section.rows[0].values
    assert (value.text, value.href, value.detail) == ("Science › Physics", "https://example.org/2", "Subjects")


def test_an_address_that_could_run_is_no_link() -> None:
    record = Record(technical=Technical(location=("javascript:alert(1)", "https://example.org")))

    (section,) = presented(record)

    assert [value.href for value in section.rows[0].values] == [None, "https://example.org"]


def test_every_struct_of_a_record_has_words() -> None:
    assert texts(presented(_full())) != {}


def _full() -> Record:
    """A record in which every field of every part is filled."""

    def filled(type_: object) -> object:
        match msgspec.inspect.type_info(type_):
            case msgspec.inspect.StructType(cls=cls, fields=fields):
                return cls(**{field.name: _of(field.type) for field in fields})
        raise AssertionError(type_)

    def _of(kind: msgspec.inspect.Type) -> object:
        match kind:
            case msgspec.inspect.UnionType(types=types):
                return _of(next(one for one in types if not isinstance(one, msgspec.inspect.NoneType)))
            case msgspec.inspect.VarTupleType(item_type=item):
                return (_of(item),)
            case msgspec.inspect.StructType(cls=cls):
                return filled(cls)
            case msgspec.inspect.IntType():
                return 5
            case _:
                return "nl"

    made = filled(Record)
    assert isinstance(made, Record)
    return made


def test_dates_and_durations_are_in_words() -> None:
    technical = Technical(duration=parts.Duration("PT1H05M", description=(LangString("en", "Playing time"),)))
    author = Contribute(entity=(Entity(raw="Ada", fn="Ada"),), date=parts.DateTime("2026-11-21", "2026-11-21"))
    presenter = Presenter(shipped(), ("en",), str, lambda day: f"on {day}")

    life, tech = presenter.sections(Record(life_cycle=LifeCycle(contribute=(author,)), technical=technical))

    assert life.rows[0].values[0].detail == "on 2026-11-21"
    assert (tech.rows[0].values[0].text, tech.rows[0].values[0].detail) == ("1 h 05 min", "Playing time")


def test_a_duration_of_days_and_a_date_in_words_stay_as_they_came() -> None:
    technical = Technical(duration=parts.Duration("P2D"))
    author = Contribute(entity=(Entity(raw="Ada", fn="Ada"),), date=parts.DateTime("last spring"))

    life, tech = presented(Record(life_cycle=LifeCycle(contribute=(author,)), technical=technical))

    assert life.rows[0].values[0].detail == "last spring"
    assert tech.rows[0].values[0].text == "P2D"


def test_an_annotation_has_its_maker_and_its_day_beside_it() -> None:
    remark = parts.Annotation(Entity(raw="Ada", fn="Ada"), parts.DateTime("2026", "2026"), (LangString("en", "Good."),))

    (section,) = presented(Record(annotation=(remark,)))

    (value,) = section.rows[0].values
    assert (value.text, value.lang, value.detail) == ("Good.", "en", "Ada, 2026")


def test_a_classification_without_a_path_stands_under_its_purpose() -> None:
    purpose = Vocabulary("LOMv1.0", "educational objective", shipped().find("purpose", None, "educational objective"))
    aim = Classification(purpose, description=(LangString("en", "Adds fractions."),))

    (section,) = presented(Record(classification=(aim,)))

    assert [(row.label, row.values[0].text) for row in section.rows] == [("Educational objective", "Adds fractions.")]


def test_a_concept_of_ours_is_no_link_before_it_leads_somewhere() -> None:
    kind = Vocabulary("LOMv1.0", "atomic", shipped().find("structure", "LOMv1.0", "atomic"))

    (section,) = presented(Record(general=General(structure=kind)))

    assert section.rows[0].values[0].href is None


def test_relations_name_their_kind_and_their_resource() -> None:
    relation = Relation(
        kind=Vocabulary("LOMv1.0", "ispartof", shipped().find("kind", "LOMv1.0", "ispartof")),
        resource=Resource(identifier=(parts.Identifier("URI", "https://example.org/book"),)),
    )

    (section,) = presented(Record(relation=(relation,)))

    assert section.rows[0].values[0].href == "https://example.org/book"


def test_a_type_that_is_an_address_is_shown_in_words() -> None:
    said = Vocabulary(value="https://example.org/t/4711", label=(LangString("en", "Card box"), LangString("nl", "Bak")))
    bare = Vocabulary(value="https://example.org/t/FlashCard")
    path = TaxonPath(taxon=(Taxon("https://example.org/subjects/GraphTheory"), Taxon(f"{OWN}/subject/algebra")))
    record = Record(
        educational=(Educational(learning_resource_type=(said, bare)),),
        classification=(Classification(taxon_path=(path,)),),
    )

    shown = [value for values in texts(presented(record, "nl")).values() for value in values]

    assert {"Bak", "Flash Card", "Graph Theory › Algebra"} <= set(shown)
    assert not any("://" in value for value in shown)
