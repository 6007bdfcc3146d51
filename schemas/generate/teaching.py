"""The categories of a generated record that say how it is taught, on what terms, and where it belongs: LOM 5 to 9."""

from __future__ import annotations

from schemas.generate.material import Step, lom_term
from schemas.generate.parts import person
from schemas.generate.sheet import Sheet
from schemas.record import (
    Annotation,
    Classification,
    Duration,
    Educational,
    Entity,
    Identifier,
    LangString,
    LangStrings,
    Relation,
    Resource,
    Rights,
    Taxon,
    TaxonPath,
    Vocabulary,
)

_SOURCES = {scheme: (LangString("en", f"https://w3id.org/oerbron/{scheme}"),) for scheme in ("subject", "level")}
_THUMBNAIL = Vocabulary("https://w3id.org/oerbron/lom-kind", "hasthumbnail")
_SECOND = 0.18  # the share of records with a second subject, type or remark


def educational(sheet: Sheet) -> Educational:
    chance, words, material = sheet.chance, sheet.words, sheet.material
    draw, tables, kind = chance.draw, material.tables, sheet.kind
    types = {kind.notation: None}
    if draw() < _SECOND and kind.notation in material.values.related_types:
        types[material.values.related_types[kind.notation]] = None
    audiences = dict.fromkeys(tables["audiences"].pick(draw()) for _ in range(1 if draw() < 0.7 else 2))
    contexts = dict.fromkeys(material.contexts[level.notation] for level in sheet.levels)
    return Educational(
        interactivity_type=lom_term(kind.interactivity) if sheet.has("educational.interactivityType") else None,
        learning_resource_type=(
            tuple(material.type_values[name] for name in types) if sheet.has("educational.learningResourceType") else ()
        ),
        interactivity_level=(
            lom_term(kind.interactivity_level) if sheet.has("educational.interactivityLevel") else None
        ),
        semantic_density=lom_term(tables["density"].pick(draw())) if sheet.has("educational.semanticDensity") else None,
        intended_end_user_role=(
            tuple(material.audience_values[name] for name in audiences)
            if sheet.has("educational.intendedEndUserRole")
            else ()
        ),
        context=tuple(contexts) if sheet.has("educational.context") else (),
        typical_age_range=_ages(sheet) if sheet.has("educational.typicalAgeRange") else (),
        difficulty=lom_term(tables["difficulty"].pick(draw())) if sheet.has("educational.difficulty") else None,
        typical_learning_time=_learning_time(sheet) if sheet.has("educational.typicalLearningTime") else None,
        description=(sheet.text(words.guidance),) if sheet.has("educational.description") else (),
        language=(sheet.language,) if sheet.has("educational.language") else (),
    )


def _ages(sheet: Sheet) -> tuple[LangStrings, ...]:
    return tuple((LangString("x-none", ages),) for ages in dict.fromkeys(level.ages for level in sheet.levels))


def _learning_time(sheet: Sheet) -> Duration:
    said = sheet.text(sheet.words.learning_time) if sheet.has("educational.typicalLearningTime.description") else None
    minutes = 5 * sheet.chance.between(2, 48)
    hours, rest = divmod(minutes, 60)
    raw = "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")
    return Duration(raw=raw, description=said)


def rights(sheet: Sheet) -> Rights:
    draw, uri = sheet.chance.draw, sheet.licence
    description: LangStrings | None = None
    if sheet.has("rights.description"):
        if not uri:
            description = sheet.text(sheet.words.closed)
        elif draw() < 0.7:
            description = (LangString("x-none", uri),)
        else:
            description = (LangString(sheet.tag, f"{sheet.say(sheet.words.restriction)} {uri}"),)
    costs = "yes" if not uri.startswith("https://creativecommons.org/") and draw() < 0.6 else "no"
    restricted = "no" if "/publicdomain/" in uri else "yes"
    return Rights(
        cost=lom_term(costs) if sheet.has("rights.cost") else None,
        copyright_and_other_restrictions=(
            lom_term(restricted) if sheet.has("rights.copyrightAndOtherRestrictions") else None
        ),
        description=description,
    )


def relations(sheet: Sheet) -> tuple[Relation, ...]:
    chance = sheet.chance
    found: list[Relation] = []
    if sheet.has("relation.thumbnail"):
        picture = Identifier("URI", f"https://{sheet.host}/pictures/{sheet.name}.png")
        found.append(Relation(_THUMBNAIL, Resource((picture,))))
    if sheet.has("relation.kin"):
        kin = Identifier("URI", f"https://{sheet.host}/{sheet.topic.subject}/{chance.between(1, 900)}")
        said = (sheet.text(sheet.words.related),) if sheet.has("relation.resource.description") else ()
        found.append(Relation(lom_term(sheet.material.tables["kinds"].pick(chance.draw())), Resource((kin,), said)))
    return tuple(found)


def remarks(sheet: Sheet) -> tuple[Annotation, ...]:
    count = 1 if sheet.chance.draw() > _SECOND else 2
    return tuple(_annotation(sheet) for _ in range(count))


def _annotation(sheet: Sheet) -> Annotation:
    date = None
    if sheet.has("annotation.date"):
        said = sheet.text(sheet.words.used) if sheet.has("annotation.date.description") else None
        date = sheet.date(later=4, description=said)
    entity: Entity | None = person(sheet) if sheet.has("annotation.entity") else None
    comment = sheet.text(sheet.words.comments) if sheet.has("annotation.description") else None
    return Annotation(entity, date, comment)


def classifications(sheet: Sheet) -> tuple[Classification, ...]:
    paths = sheet.material.paths
    found: list[Classification] = []
    if sheet.has("classification.discipline"):
        found.append(_discipline(sheet))
    if sheet.has("classification.level"):
        levels = tuple(_taxa(paths["level"][level.notation], "level", sheet) for level in sheet.levels)
        found.append(Classification(lom_term("educational level"), levels))
    if sheet.has("classification.objective"):
        found.append(Classification(lom_term("educational objective"), description=sheet.text(sheet.words.objectives)))
    return tuple(found)


def _discipline(sheet: Sheet) -> Classification:
    chance, words, paths = sheet.chance, sheet.words, sheet.material.paths["subject"]
    taxa = (_taxa(paths[sheet.topic.subject], "subject", sheet),)
    keywords = sheet.topic.keywords[sheet.language]
    return Classification(
        purpose=lom_term("discipline"),
        taxon_path=taxa,
        description=sheet.text(words.classified) if sheet.has("classification.description") else None,
        keyword=((LangString(sheet.tag, chance.one(keywords)),),) if sheet.has("classification.keyword") else (),
    )


def _taxa(path: tuple[Step, ...], scheme: str, sheet: Sheet) -> TaxonPath:
    language = sheet.language
    taxa = tuple(Taxon(step.id, (LangString(language, step.labels[language]),)) for step in path)
    return TaxonPath(_SOURCES[scheme], taxa)
