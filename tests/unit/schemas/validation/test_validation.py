"""Validation: profiles as data, admission, completeness, and our JSON Schema beside the structs it describes."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin, get_type_hints

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import json_schema
from schemas import record as r
from schemas.errors import Problem, UnknownProfile
from schemas.paths import path
from schemas.validation import profiles, validation
from schemas.vocabularies.vocabularies import shipped
from tests.support.factories import a_record

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ENUMS = {
    (r.Entity, "kind"): ("person", "organization"),
    (r.DateTime, "precision"): ("year", "month", "day", "second"),
    (r.File, "role"): ("landing", "download", "thumbnail", "embed"),
}


def strings(*values: str, lang: str = "nl") -> r.LangStrings:
    return tuple(r.LangString(lang, value) for value in values)


def lom(value: str) -> r.Vocabulary:
    return r.Vocabulary("LOMv1.0", value)


def subject(notation: str = "fractions") -> r.Classification:
    taxon = r.Taxon(f"https://w3id.org/oerbron/subject/{notation}", strings("Breuken"))
    return r.Classification(lom("discipline"), (r.TaxonPath(strings("OERbron"), (taxon,)),))


def a_whole_record(**changes: Any) -> r.Record:
    """A record in which core, lom-strict and wlo find no warning."""
    thumbnail = r.Resource((r.Identifier("URI", "https://example.org/1.png"),))
    return msgspec.structs.replace(
        r.Record(
            general=r.General(
                identifier=(r.Identifier("URI", "https://example.org/1"),),
                title=strings("Breuken"),
                language=("nl",),
                description=(strings("Een les over breuken, met oefeningen."),),
                keyword=(strings("breuk"), strings("noemer")),
            ),
            life_cycle=r.LifeCycle(
                contribute=(
                    r.Contribute(lom("author"), (r.Entity("BEGIN:VCARD\nFN:An\nEND:VCARD", "An"),), r.DateTime("2020")),
                    r.Contribute(lom("publisher"), (r.Entity("BEGIN:VCARD\nFN:Bron\nEND:VCARD", "Bron"),)),
                )
            ),
            technical=r.Technical(format=("text/html",), location=("https://example.org/1",)),
            educational=(
                r.Educational(
                    learning_resource_type=(lom("exercise"),),
                    intended_end_user_role=(lom("learner"),),
                    context=(lom("school"),),
                    typical_age_range=(strings("8-10"),),
                ),
            ),
            rights=r.Rights(lom("no"), lom("yes"), strings(LICENCE)),
            relation=(r.Relation(r.Vocabulary("OERbron", "hasthumbnail"), thumbnail),),
            classification=(subject(),),
        ),
        **changes,
    )


def codes(record: r.Record, profile: str = "core", *severities: str) -> list[str]:
    return [
        p.code for p in validation.validate(record, profile, shipped()) if not severities or p.severity in severities
    ]


# --- admission and core ---


def test_admission_when_there_is_a_title_and_a_location() -> None:
    assert validation.admission(a_record()) == ()


def test_admission_refuses_an_empty_record_for_two_reasons() -> None:
    assert [problem.code for problem in validation.admission(r.Record())] == ["no_title", "no_identity"]


def test_admission_when_the_title_is_blank() -> None:
    assert [problem.code for problem in validation.admission(a_record(title=" \n"))] == ["no_title"]


@pytest.mark.parametrize(
    "record",
    [
        r.Record(general=r.General(title=strings("x"), identifier=(r.Identifier(None, "1"),))),
        r.Record(general=r.General(title=strings("x")), files=(r.File("https://example.org/x.pdf"),)),
    ],
    ids=["identifier", "file"],
)
def test_admission_takes_any_identity(record: r.Record) -> None:
    assert validation.admission(record) == ()


def test_admission_when_an_identifier_has_only_a_catalog() -> None:
    record = r.Record(general=r.General(title=strings("x"), identifier=(r.Identifier("URI", None),)))

    assert [problem.code for problem in validation.admission(record)] == ["no_identity"]


def test_core_finds_nothing_in_a_whole_record() -> None:
    assert codes(a_whole_record()) == []


def test_core_gives_errors_for_admission_only() -> None:
    assert codes(r.Record(), "core", "error") == ["no_title", "no_identity"]
    assert {rule.id for rule in profiles.get("core").rules if rule.severity == "error"} == set(validation.ADMISSION)


def test_core_warns_of_each_field_that_is_missing() -> None:
    assert codes(a_record(), "core", "warning") == [
        "no_description",
        "no_language",
        "no_identifier",
        "no_rights",
        "no_resource_type",
        "no_level",
        "no_subject",
    ]


def test_core_takes_a_level_from_a_classification() -> None:
    taxon = r.Taxon("https://w3id.org/oerbron/level/primary")
    level = r.Classification(lom("educational level"), (r.TaxonPath(None, (taxon,)),))

    assert "no_level" not in codes(r.Record(classification=(level,)))


def test_core_takes_a_subject_without_purpose_only_when_it_is_known() -> None:
    known = msgspec.structs.replace(subject(), purpose=None)
    unknown = r.Classification(None, (r.TaxonPath(None, (r.Taxon(None, strings("Gezwam")),)),))

    assert "no_subject" not in codes(r.Record(classification=(known,)))
    assert "no_subject" in codes(r.Record(classification=(unknown,)))


def test_core_takes_access_rights_for_rights() -> None:
    taxon = r.Taxon(None, strings("OpenAccess"))
    access = r.Classification(r.Vocabulary(None, "access rights"), (r.TaxonPath(None, (taxon,)),))

    assert "no_rights" not in codes(r.Record(classification=(access,)))


def test_core_names_the_place_and_the_value() -> None:
    general = r.General(language=("nl", "klingonees"))

    found = validation.validate(r.Record(general=general), "core", shipped())

    assert Problem("general.language[1]", "unknown_language", "“klingonees” names no language.", "warning") in found


def test_core_only_informs_of_a_value_it_does_not_know() -> None:
    educational = r.Educational(learning_resource_type=(r.Vocabulary("mine", "wobble"),))

    assert codes(a_whole_record(educational=(educational,)), "core", "info") == ["no_audience", "unknown_resource_type"]


def test_core_only_informs_of_a_licence_it_does_not_know() -> None:
    record = a_whole_record(rights=r.Rights(None, lom("yes"), strings("Vraag het aan de school.")))

    assert codes(record) == ["unknown_licence"]


# --- completeness ---


def test_completeness_runs_from_nothing_to_all() -> None:
    assert validation.completeness(validation.validate(r.Record(), "core", shipped())) == 0.0
    assert validation.completeness(validation.validate(a_whole_record(), "core", shipped())) == 1.0


def test_completeness_is_the_weight_of_what_is_there() -> None:
    weights = profiles.get("core").weights
    present = weights["title"] + weights["location"]

    found = validation.completeness(validation.validate(a_record(), "core", shipped()))

    assert found == round(present / sum(weights.values()), 2)


def test_completeness_counts_every_weighted_field_in_a_rule() -> None:
    core = profiles.get("core")

    assert {rule.lowers for rule in core.rules if rule.lowers} == set(core.weights)


def test_every_warning_of_core_lowers_completeness() -> None:
    for rule in profiles.get("core").rules:
        if rule.severity == "warning":
            assert validation.completeness([Problem("", rule.id, "", "warning")]) < 1.0


# --- lom-strict, oersi, wlo ---


@pytest.mark.parametrize(
    ("date", "lawful"),
    [
        ("2020", True),
        ("2020-01-01", True),
        ("2020-01-01T10:00:00", True),
        ("2020-01-01T10:00:00.0Z", True),
        ("2020-01-01T10:00:00Z", False),
        ("01/02/2020", False),
    ],
)
def test_lom_strict_dates(date: str, lawful: bool) -> None:
    record = r.Record(annotation=(r.Annotation(date=r.DateTime(date)),))

    assert (codes(record, "lom-strict") == []) is lawful


def test_lom_strict_wants_token_and_source_letter_by_letter() -> None:
    values = (lom("exercise"), lom("Exercise"), r.Vocabulary("HCRT", "exercise"), r.Vocabulary(None, "slide"))
    record = r.Record(educational=(r.Educational(learning_resource_type=values),))

    found = validation.validate(record, "lom-strict", shipped())

    assert [problem.path for problem in found] == [f"educational[0].learningResourceType[{n}]" for n in (1, 2)]


def test_lom_strict_value_spaces_are_those_of_the_vocabularies() -> None:
    """The tokens of the profile and those of data/vocab come from the same standard and must not part."""
    concepts = shipped().concepts.values()
    for rule in profiles.get("lom-strict").rules:
        if rule.kind == "value_space":
            element = "metaRole" if rule.path.startswith("metaMetadata") else rule.path.rpartition(".")[2]
            tokens = {c.token for c in concepts if c.scheme == f"lom-{element}" and c.token}
            assert set(rule.params["tokens"]) == tokens, rule.id


def test_lom_strict_informs_above_the_smallest_permitted_maximum() -> None:
    record = r.Record(general=r.General(keyword=tuple(strings(f"k{n}") for n in range(11))))

    found = validation.validate(record, "lom-strict", shipped())

    assert [(problem.path, problem.code, problem.severity) for problem in found] == [
        ("general.keyword", "above_spm", "info")
    ]


def test_lom_strict_looks_at_every_string() -> None:
    record = r.Record(rights=r.Rights(description=strings("a", "b", lang="pt_BR")))

    assert codes(record, "lom-strict") == ["not_lom_string_language", "not_lom_string_language", "repeated_language"]


def test_lom_strict_refuses_foreign_parts() -> None:
    assert codes(r.Record(ext=(r.Foreign("", 0, "<x/>"),)), "lom-strict") == ["foreign_part"]


def test_lom_strict_takes_a_whole_record_but_for_the_thumbnail() -> None:
    found = validation.validate(a_whole_record(), "lom-strict", shipped())

    assert [(problem.path, problem.code) for problem in found] == [("relation[0].kind", "not_lom_kind")]


def test_oersi_drops_what_has_no_description() -> None:
    assert codes(a_record(), "oersi", "error") == ["no_description"]
    assert codes(a_whole_record(), "oersi", "error", "warning") == []


def test_oersi_wants_a_licence_that_amb_can_name() -> None:
    record = a_whole_record(rights=r.Rights(None, lom("yes"), strings("http://rightsstatements.org/vocab/InC/1.0/")))

    assert codes(record, "oersi", "warning") == ["no_license"]


def test_wlo_takes_open_licences_only() -> None:
    closed = r.Rights(None, lom("yes"), strings("https://creativecommons.org/licenses/by-nc/4.0/"))

    assert codes(a_whole_record(), "wlo") == []
    assert codes(a_whole_record(rights=closed), "wlo") == ["licence_not_taken"]
    assert codes(a_whole_record(rights=None), "wlo") == ["licence_not_taken"]


def test_wlo_takes_nothing_that_costs() -> None:
    rights = r.Rights(lom("yes"), lom("yes"), strings(LICENCE))

    assert codes(a_whole_record(rights=rights), "wlo") == ["costs"]


def test_wlo_wants_one_of_three_to_find_by() -> None:
    assert "nothing_to_find_by" in codes(a_record(), "wlo")
    described = r.Record(general=r.General(description=(strings("Een les over breuken."),)))
    assert "nothing_to_find_by" not in codes(described, "wlo")


# --- profiles ---


def test_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(UnknownProfile, match=r"'nonsense'; there are: core, lom-strict, oersi, wlo"):
        validation.validate(r.Record(), "nonsense", shipped())


@pytest.mark.parametrize("name", validation.profile_names())
def test_profiles_compile_and_every_rule_says_where_it_comes_from(name: str) -> None:
    table = validation.profiles()[name]

    validation.validate(r.Record(), name, shipped())

    assert table["title"] and table["source"]
    assert all(rule["source"] and rule["message"].endswith(".") for rule in table["rules"])
    assert len({rule["id"] for rule in table["rules"]}) == len(table["rules"])


@pytest.mark.parametrize("name", validation.profile_names())
def test_every_rule_can_find_a_problem(name: str) -> None:
    """Across an empty record and two in which everything is wrong, each rule of the profile speaks."""
    wrong = (r.Record(), a_wrong_record("ab", "yes"), a_wrong_record("c" * 1001, "perhaps"))

    found = {problem.code for record in wrong for problem in validation.validate(record, name, shipped())}

    assert {rule.id for rule in profiles.get(name).rules} - found == set()


def a_wrong_record(title: str, cost: str) -> r.Record:
    """A record with a mistake in every field that some rule looks at."""
    wrong = r.Vocabulary("mine", "wobble")
    who = (r.Entity("Silva, Ana", "Ana Silva"),)
    made = r.Contribute(wrong, who, r.DateTime("ooit"))
    composite = r.OrComposite(wrong, wrong)
    return r.Record(
        general=r.General(
            title=strings(title),
            language=("gobbledygook!",),
            description=(strings("kort"), strings("d" * 2001)),
            keyword=tuple(strings("k", "k") for _ in range(11)),
            structure=wrong,
            aggregation_level=wrong,
            coverage=(strings("x", lang="pt_BR"),),
        ),
        life_cycle=r.LifeCycle(status=wrong, contribute=(made, r.Contribute(lom("author"), who))),
        meta_metadata=r.MetaMetadata(contribute=(made,)),
        technical=r.Technical(
            location=("ergens",), size=r.Size("18 Kbytes"), duration=r.Duration("20 min"),
            requirement=(r.Requirement((composite,)),),
        ),
        educational=(
            r.Educational(
                interactivity_type=wrong, learning_resource_type=(wrong,), interactivity_level=wrong,
                semantic_density=wrong, intended_end_user_role=(wrong,), context=(wrong,), difficulty=wrong,
                typical_age_range=(strings("Ensino médio"), strings("2026-08-06")),
            ),
        ),
        rights=r.Rights(lom(cost), wrong, strings("Vraag het.")),
        relation=(r.Relation(wrong),),
        classification=(r.Classification(wrong),),
        ext=(r.Foreign("", 0, "<x/>"),),
    )  # fmt: skip


def test_a_path_that_no_record_has_is_told() -> None:
    with pytest.raises(ValueError, match="General has no titel"):
        path("general.titel")


# --- record.schema.json beside the structs ---


def _members(kind: type[msgspec.Struct]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.encode_name: hints[field.name] for field in msgspec.structs.fields(kind)}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return json_schema.document("record")["$defs"][reference.rpartition("/")[2]] if reference else schema


def _agree(hint: Any, schema: dict[str, Any], place: str) -> None:
    """A struct's type and its schema say the same, all the way down."""
    schema = _resolved(schema)
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        assert schema["type"] == "array", place
        _agree(get_args(hint)[0], schema["items"], f"{place}[]")
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        fields = {field.encode_name: field for field in msgspec.structs.fields(hint)}
        assert schema["additionalProperties"] is False, place
        assert set(schema["properties"]) == set(fields), place
        assert set(schema.get("required", ())) == {name for name, field in fields.items() if field.required}, place
        for name, inner in _members(hint).items():
            _agree(inner, schema["properties"][name], f"{place}.{name}")
    else:
        kinds = {str: ("string", ["string", "null"]), int: ("integer",)}[hint]
        assert "enum" in schema or schema["type"] in kinds, place


def test_schema_and_structs_have_the_same_fields_both_ways() -> None:
    _agree(r.Record, json_schema.document("record"), "record")


def test_schema_is_a_lawful_2020_12_document() -> None:
    document = json_schema.document("record")

    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)


def test_schema_enumerations_are_those_of_the_structs() -> None:
    for (kind, field), values in ENUMS.items():
        defined = json_schema.document("record")["$defs"][kind.__name__[0].lower() + kind.__name__[1:]]
        assert tuple(defined["properties"][field]["enum"]) == values


_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of(*(_values(one) for one in get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(st.deferred(lambda: _values(get_args(hint)[0])), max_size=2).map(tuple)
    if hint is type(None):
        return st.none()
    if hint is str:
        return _TEXT
    if hint is int:
        return st.integers(0, 2**53 - 1)
    hints = get_type_hints(hint)
    parts = {}
    for field in msgspec.structs.fields(hint):
        enum = ENUMS.get((hint, field.name))
        parts[field.name] = st.sampled_from((*enum, None)) if enum else _values(hints[field.name])
    return st.builds(hint, **parts)


@given(_values(r.Record))
def test_every_record_is_lawful_by_the_schema_and_comes_back(record: r.Record) -> None:
    body = r.to_json(record)

    assert json_schema.flaws(msgspec.json.decode(body), "record") == ()
    assert r.from_json(body) == record


@given(_values(r.Record), st.sampled_from(validation.profile_names()))
def test_no_record_makes_a_profile_fail(record: r.Record, profile: str) -> None:
    found = validation.validate(record, profile, shipped())

    assert all(problem.code and problem.message for problem in found)
    assert 0.0 <= validation.completeness(found) <= 1.0


# --- the sentences of the schema ---


def test_schema_flaws_are_plain_sentences_with_places_all_at_once() -> None:
    tree = {"generel": {}, "general": {"title": "Breuken", "language": ["nl", 3], "keyword": [[{"value": "x"}]]}}

    found = {(flaw.problem.path, flaw.problem.code): flaw.problem.message for flaw in json_schema.flaws(tree, "record")}

    assert found[("general.title", "wrong_type")] == "general.title must be a list; here is a text."
    assert found[("general.language[1]", "wrong_type")] == "general.language[1] must be a text; here is a whole number."
    assert found[("general.keyword[0][0]", "missing_key")] == "general.keyword[0][0] lacks the key “lang”."
    assert found[("generel", "unknown_key")].startswith("The whole has no key “generel”; it knows general, lifeCycle")
    assert len(found) == 4


def test_schema_names_every_key_that_lacks() -> None:
    found = json_schema.flaws({"ext": [{}]}, "record")

    assert [flaw.problem.message for flaw in found] == [
        "ext[0] lacks the key “path”.", "ext[0] lacks the key “position”.", "ext[0] lacks the key “xml”.",
    ]  # fmt: skip


def test_schema_refuses_null_for_what_is_absent() -> None:
    found = json_schema.flaws({"general": {"title": None}}, "record")

    assert [flaw.problem.message for flaw in found] == ["general.title must be a list; here is null."]


def test_schema_lists_what_is_lawful() -> None:
    found = json_schema.flaws({"files": [{"url": "x", "role": "banner", "size": -1}]}, "record")

    assert [flaw.problem.message for flaw in found] == [
        "files[0].role must be one of landing, download, thumbnail, embed; here is “banner”.",
        "files[0].size must be at least 0; here is -1.",
    ]
