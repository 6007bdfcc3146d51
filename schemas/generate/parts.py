"""The categories of a generated record that say what it is and who made it: LOM 1 to 4, and its files."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from schemas.generate.material import Words, lom_term, material
from schemas.generate.sheet import Sheet
from schemas.record import (
    Contribute,
    DateTime,
    Duration,
    Entity,
    File,
    General,
    Identifier,
    LangString,
    LangStrings,
    LifeCycle,
    MetaMetadata,
    OrComposite,
    Requirement,
    Size,
    Technical,
)

_LANDING = 0.3
_ORCID_EVERY = 4  # one person in this many has one
_MAIL_EVERY = 3
_SENTENCES = (("opening", 1.0), ("content", 1.0), ("content", 0.4), ("use", 0.6), ("teacher", 0.5), ("closing", 0.35))
# Sizes in kilobytes, least and most, by the beginning of the media type.
_SIZES = {"video": (8_000, 400_000), "audio": (2_000, 60_000), "image": (80, 6_000), "text": (12, 900)}
_ANY_SIZE = (60, 24_000)


def general(sheet: Sheet) -> General:
    draw, words = sheet.chance.draw, sheet.words
    title: LangStrings = (LangString(sheet.tag, sheet.say(words.titles)),)
    if sheet.other:
        title += (LangString(sheet.other, sheet.title_in(sheet.other)),)
    languages = (sheet.tag, sheet.other) if sheet.other else (sheet.tag,)
    names: tuple[Identifier, ...] = (Identifier(sheet.host, sheet.name),) if sheet.has("general.identifier") else ()
    if names and draw() < 0.25:
        names += (Identifier("URI", f"https://{sheet.host}/id/{sheet.name}"),)
    return General(
        identifier=names,
        title=title,
        language=languages if sheet.has("general.language") else (),
        description=_descriptions(sheet) if sheet.has("general.description") else (),
        keyword=_keywords(sheet) if sheet.has("general.keyword") else (),
        coverage=(sheet.text(words.coverage),) if sheet.has("general.coverage") else (),
        structure=lom_term(sheet.material.tables["structure"].pick(draw())) if sheet.has("general.structure") else None,
        aggregation_level=lom_term(str(sheet.kind.aggregation)) if sheet.has("general.aggregationLevel") else None,
    )


def _descriptions(sheet: Sheet) -> tuple[LangStrings, ...]:
    draw, words = sheet.chance.draw, sheet.words
    said: list[str] = []
    for part, share in _SENTENCES:
        if draw() < share and (sentence := sheet.say(getattr(words, part))) not in said:
            said.append(sentence)
    found: tuple[LangStrings, ...] = ((LangString(sheet.tag, " ".join(said)),),)
    return (*found, sheet.text(words.use)) if draw() < 0.06 else found


def _keywords(sheet: Sheet) -> tuple[LangStrings, ...]:
    """Keywords of the subject and the topic's own name, each once."""
    chance = sheet.chance
    of_subject = sheet.topic.keywords[sheet.language]
    found = dict.fromkeys(chance.one(of_subject) for _ in range(chance.between(2, 5)))
    if chance.draw() < 0.7:
        found[sheet.topic.names[sheet.language]] = None
    return tuple((LangString(sheet.tag, word),) for word in found)


def life_cycle(sheet: Sheet) -> LifeCycle:
    draw, words, tables = sheet.chance.draw, sheet.words, sheet.material.tables
    contribute: list[Contribute] = []
    if sheet.has("lifeCycle.author"):
        authors = dict.fromkeys(person(sheet) for _ in range(1 + int(draw() ** 2 * 4)))
        contribute.append(Contribute(lom_term("author"), tuple(authors), _made(sheet, 0)))
    if sheet.has("lifeCycle.publisher"):
        publisher = (_organisation(sheet),)
        contribute.append(Contribute(lom_term("publisher"), publisher, _made(sheet, 1)))
    if sheet.has("lifeCycle.other"):
        other = person(sheet) if draw() < 0.8 else _organisation(sheet)
        role = lom_term(tables["roles"].pick(draw()))
        contribute.append(Contribute(role, (other,), _made(sheet, 2)))
    return LifeCycle(
        version=sheet.text(words.versions) if sheet.has("lifeCycle.version") else None,
        status=lom_term(tables["status"].pick(draw())) if sheet.has("lifeCycle.status") else None,
        contribute=tuple(contribute),
    )


def meta_metadata(sheet: Sheet) -> MetaMetadata:
    draw = sheet.chance.draw
    contribute: tuple[Contribute, ...] = ()
    if sheet.has("metaMetadata.contribute"):
        contribute = (Contribute(lom_term("creator"), (person(sheet),), _described(sheet, 2)),)
        if draw() < 0.2:
            validator = (_organisation(sheet),)
            contribute += (Contribute(lom_term("validator"), validator, _described(sheet, 3)),)
    named = sheet.has("metaMetadata.identifier")
    return MetaMetadata(
        identifier=(Identifier(f"{sheet.source}-metadata", f"m-{sheet.name}"),) if named else (),
        contribute=contribute,
        metadata_schema=("LOMv1.0",) if sheet.has("metaMetadata.metadataSchema") else (),
        language=sheet.language if sheet.has("metaMetadata.language") else None,
    )


def technical(sheet: Sheet) -> Technical:
    chance, words = sheet.chance, sheet.words
    formats: tuple[str, ...] = (sheet.format,)
    places: tuple[str, ...] = (file_address(sheet) if sheet.format != "text/html" else page_address(sheet),)
    if sheet.format != "text/html" and chance.draw() < _LANDING:
        formats, places = ("text/html", *formats), (page_address(sheet), *places)
    least, most = _SIZES.get(sheet.format.partition("/")[0], _ANY_SIZE)
    return Technical(
        format=formats if sheet.has("technical.format") else (),
        size=Size(raw=str(chance.between(least * 1000, most * 1000))) if sheet.has("technical.size") else None,
        location=places if sheet.has("technical.location") else (),
        requirement=(_requirement(sheet),) if sheet.has("technical.requirement") else (),
        installation_remarks=sheet.text(words.remarks) if sheet.has("technical.installationRemarks") else None,
        other_platform_requirements=(
            sheet.text(words.platform) if sheet.has("technical.otherPlatformRequirements") else None
        ),
        duration=_play_time(sheet) if sheet.has("technical.duration") else None,
    )


def files(sheet: Sheet) -> tuple[File, ...]:
    chance = sheet.chance
    if not sheet.has("files.detail"):
        return (File(url=file_address(sheet)),)
    least, most = _SIZES.get(sheet.format.partition("/")[0], _ANY_SIZE)
    digest = sha256(sheet.name.encode()).hexdigest() if sheet.has("files.sha256") else None
    return (
        File(
            url=file_address(sheet),
            mime=sheet.format,
            size=chance.between(least * 1000, most * 1000),
            sha256=digest,
            lang=sheet.language,
            role="download" if sheet.format != "text/html" else "embed",
        ),
    )


def page_address(sheet: Sheet) -> str:
    """The landing page of the resource."""
    return f"https://{sheet.host}/{sheet.topic.subject}/{sheet.name}"


def file_address(sheet: Sheet) -> str:
    return f"https://{sheet.host}/files/{sheet.name}.{sheet.material.values.extensions[sheet.format]}"


def _requirement(sheet: Sheet) -> Requirement:
    chance, tables = sheet.chance, sheet.material.tables
    if chance.draw() < 0.75:
        what, name = "browser", tables["browsers"].pick(chance.draw())
    else:
        what, name = "operating system", tables["systems"].pick(chance.draw())
    least = chance.between(4, 12)
    return Requirement(
        (
            OrComposite(
                type=lom_term(what),
                name=lom_term(name),
                minimum_version=f"{least}.0" if sheet.has("technical.requirement.minimumVersion") else None,
                maximum_version=(
                    f"{least + chance.between(1, 9)}.0" if sheet.has("technical.requirement.maximumVersion") else None
                ),
            ),
        )
    )


def _play_time(sheet: Sheet) -> Duration:
    said = sheet.text(sheet.words.play_time) if sheet.has("technical.duration.description") else None
    return Duration(raw=f"PT{sheet.chance.between(1, 59)}M{sheet.chance.between(0, 59)}S", description=said)


def _made(sheet: Sheet, later: int) -> DateTime | None:
    """The day on which somebody had a hand in the resource."""
    if not sheet.has("lifeCycle.date"):
        return None
    said = sheet.text(sheet.words.dates) if sheet.has("lifeCycle.date.description") else None
    return sheet.date(later=later, description=said)


def _described(sheet: Sheet, later: int) -> DateTime | None:
    if not sheet.has("metaMetadata.date"):
        return None
    said = sheet.text(sheet.words.described) if sheet.has("metaMetadata.date.description") else None
    return sheet.date(later=later, description=said)


def person(sheet: Sheet) -> Entity:
    """Somebody of the record's language; the same person always has the same card."""
    people = _people(sheet.language)
    return people[int(sheet.chance.draw() * len(people))]


def _organisation(sheet: Sheet) -> Entity:
    return sheet.chance.one(_organisations(sheet.language))


@cache
def _people(language: str) -> tuple[Entity, ...]:
    words: Words = material().words[language]
    place = "nefd".index(language[0]) * len(words.given) * len(words.family)
    found = []
    for number, (given, family) in enumerate((g, f) for f in words.family for g in words.given):
        lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{family};{given};;;", f"FN:{given} {family}"]
        if number % 5 == 0:
            lines.append(f"ORG:{words.organisations[number % len(words.organisations)]}")
        if number % _MAIL_EVERY == 0:
            lines.append(f"EMAIL;TYPE=INTERNET:{given[0].lower()}.{number}@mail.example")
        if number % _ORCID_EVERY == 1:
            lines.append(f"URL:https://orcid.org/{_orcid(place + number)}")
        found.append(Entity(raw="\n".join((*lines, "END:VCARD"))))
    return tuple(found)


@cache
def _organisations(language: str) -> tuple[Entity, ...]:
    words: Words = material().words[language]
    lines = "BEGIN:VCARD\nVERSION:3.0\nN:{0};;;;\nFN:{0}\nORG:{0}\nEND:VCARD"
    return tuple(Entity(raw=lines.format(name)) for name in words.organisations)


def _orcid(number: int) -> str:
    """A well-formed ORCID from a block that is not given out: it names no living person."""
    digits = f"0009999{number:08}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    digits += "0123456789X"[(12 - total % 11) % 11]
    return "-".join(digits[at : at + 4] for at in (0, 4, 8, 12))
