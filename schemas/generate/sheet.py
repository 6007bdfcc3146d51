"""What one generated record is about, and in which words: everything its categories have in common."""

from __future__ import annotations

from schemas.generate.material import Chance, Kind, Level, Material, Topic, Words
from schemas.record import DateTime, LangString, LangStrings

FIRST_YEAR = 2009
LAST_YEAR = 2025
_REGIONS = {"nl": "nl-BE", "en": "en-GB", "fr": "fr-BE", "de": "de-AT"}
_REGIONAL = 0.07
_BILINGUAL = 0.07
_SECOND_LEVEL = 0.2


class Sheet:
    """The choices behind one record. Methods draw from the same chance, so that their order is part of the bytes."""

    __slots__ = (
        "chance", "fill", "form", "format", "grade", "host", "kind", "language", "left_out", "levels", "licence",
        "material", "name", "other", "source", "tag", "topic", "words", "year",
    )  # fmt: skip

    def __init__(self, material: Material, chance: Chance, name: str) -> None:
        draw = chance.draw
        self.material = material
        self.chance = chance
        values = material.values
        self.left_out = material.sparse if draw() < values.sparse.share else material.full
        self.language = material.tables["languages"].pick(draw())
        self.tag = _REGIONS[self.language] if draw() < _REGIONAL else self.language
        self.other: str | None = material.tables["languages"].pick(draw()) if draw() < _BILINGUAL else None
        if self.other == self.language:
            self.other = None
        self.words: Words = material.words[self.language]
        group = material.groups.pick(draw())
        self.topic: Topic = chance.one(material.topics[group])
        level: Level = material.levels[group].pick(draw())
        second: Level = material.levels[group].pick(draw()) if draw() < _SECOND_LEVEL else level
        self.levels = (level,) if second is level else (level, second)
        self.kind: Kind = material.types[group].pick(draw())
        self.format = chance.one(self.kind.formats)
        self.licence = material.licences.pick(draw())
        self.source = material.tables["sources"].pick(draw())
        self.host = chance.one(values.hosts[self.language])
        self.name = name
        self.year = FIRST_YEAR + int((1 - draw() ** 2) * (LAST_YEAR - FIRST_YEAR + 1))
        self.form = chance.one(self.words.forms[self.kind.notation])
        self.grade = chance.one(self.words.grades[level.notation])
        self.fill = self._fill(self.language, self.form, self.grade)

    def has(self, field: str) -> bool:
        """Whether the record has an optional field this time."""
        return self.chance.draw() >= self.left_out[field]

    def say(self, sentences: tuple[str, ...]) -> str:
        """One of the sentences, filled; numbers are drawn anew for each."""
        draw, fill = self.chance.draw, self.fill
        sentence = sentences[int(draw() * len(sentences))]
        if "{" not in sentence:
            return sentence
        fill["n"] = 3 + int(draw() * 10)
        fill["minutes"] = 10 + 5 * int(draw() * 19)
        return sentence.format_map(fill)

    def text(self, sentences: tuple[str, ...]) -> LangStrings:
        return (LangString(self.tag, self.say(sentences)),)

    def title_in(self, language: str) -> str:
        """A title in another language than the record's own."""
        words = self.material.words[language]
        form = self.chance.one(words.forms[self.kind.notation])
        grade = self.chance.one(words.grades[self.levels[0].notation])
        return self.chance.one(words.titles).format_map(self._fill(language, form, grade))

    def date(self, *, later: int = 0, description: LangStrings | None = None) -> DateTime:
        """A day, or now and then a year or a second, up to `later` years after the record's year."""
        draw = self.chance.draw
        year = min(self.year + int(draw() * (later + 1)), LAST_YEAR)
        number = draw()
        if number < 0.08:
            return DateTime(raw=f"{year}", description=description)
        raw = f"{year}-{1 + int(draw() * 12):02}-{1 + int(draw() * 28):02}"
        if number > 0.92:
            raw += f"T{7 + int(draw() * 14):02}:{int(draw() * 60):02}:{int(draw() * 60):02}"
        return DateTime(raw=raw, description=description)

    def _fill(self, language: str, form: str, grade: str) -> dict[str, object]:
        words, chance = self.material.words[language], self.chance
        topic = self.topic.names[language]
        return {
            "topic": topic,
            "Topic": topic[:1].upper() + topic[1:],
            "form": form,
            "Form": form[:1].upper() + form[1:],
            "bare": form.partition(" ")[2] or form,
            "grade": grade,
            "angle": chance.one(words.angles),
            "town": chance.one(words.towns),
            "n": chance.between(3, 12),
            "d": chance.between(1, 6),
            "minutes": 5 * chance.between(2, 20),
            "year": self.year,
        }
