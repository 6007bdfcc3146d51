"""A corpus and queries made from a seed, as odd as the wild, and the comparison of two engines over them."""

from __future__ import annotations

import random
import unicodedata
import uuid
from collections.abc import Iterator

from repository.published import SHIFT, Facts
from repository.search.index.document import Document, Documents
from repository.search.index.engine import After, Batch, Found, Index
from repository.search.plan import parameters
from repository.search.plan.language import Language
from repository.search.plan.parameters import Search
from repository.search.request import wanted
from schemas.record import Educational, General, LangString, Record, Vocabulary
from schemas.summary.summary import Summary, Term
from schemas.vocabularies.vocabularies import shipped

WORDS = {
    "nl": "breuken breuk lesbrief les brief rekentoets toets wiskunde vergelijkingen kinderen steden werkblad over de "
    "het een leerlingen schrijven huiswerk klimaatverandering foto's geschiedenis",
    "en": "fractions fraction lesson plan worksheet university universe physics organization organ the of a children "
    "e-learning elearning COVID-19 covid19 STE(A)M TCP/IP climate change matrices C++ reading don't history",
    "fr": "fractions école élèves l'équation mathématiques leçon chevaux travail de la les cœur physique histoire",
    "de": "Schüler*innen Wi-Fi Brüche Bruch Straße Schüler Übung Gleichungen Arbeitsblatt Mathematik die der das "
    "größer Fuß Geschichte",
    "es": "fracciones luces luz niños lección historia años",
    "ar": "كسور مدرسة تاريخ",
    "he": "שברים לימוד",
    "zh": "分数数学 历史",
}
_ODD = [
    "🎉🎓",
    "٣٤",
    "½",
    "ﬁnal",
    "x" * 300,
    "a\u0301b",
    "\u200bzero",
    "İstanbul",
    "ǅ",
    "𝔐athe",
    "<b>",
    "50%",
    "_",
    "…",
]
_NAMES = ["Fatima van den Berg", "Zoë O'Brien", "山田", "Müller", "bart smit"]


def _text(chance: random.Random, lang: str, most: int) -> str:
    words = WORDS[lang].split()
    found = [
        chance.choice(words) if chance.random() < 0.93 else chance.choice(_ODD) for _ in range(chance.randint(1, most))
    ]
    text = " ".join(found)
    return unicodedata.normalize(chance.choice(["NFC", "NFC", "NFD"]), text)


def documents(count: int, seed: int) -> list[Document]:
    """The corpus: texts missing, many and huge; values of every filter."""
    chance = random.Random(seed)
    vocabularies = shipped()
    made = Documents(vocabularies, Language(vocabularies).analyser)
    subjects = [c.id for c in vocabularies.concepts.values() if c.scheme == "subject"][:40]
    levels = [c.id for c in vocabularies.concepts.values() if c.scheme == "level"][:15]
    return [_document(chance, made, n, subjects, levels) for n in range(count)]


def _document(chance: random.Random, made: Documents, n: int, subjects: list[str], levels: list[str]) -> Document:
    lang = chance.choices(list(WORDS), (6, 5, 3, 4, 1, 1, 1, 1))[0]
    title = _text(chance, lang, 7)
    description = _text(chance, lang, chance.choice([5, 40, 40, 400])) if chance.random() < 0.8 else ""
    given = chance.choice([lang, lang, lang, None, "x-none"])
    record = Record(
        general=General(
            title=(LangString(given, title),),
            description=((LangString(given, description),),) if description else (),
        ),
        educational=(Educational(context=(Vocabulary(None, "school"),)),),
    )
    ages = chance.choice([None, (4, 6), (12, None), (None, 9), (6, 18)])
    summary = Summary(
        title=title,
        title_lang=given,
        description=description or None,
        language=(lang,) if chance.random() < 0.8 else (),
        keywords=tuple(_text(chance, lang, 2) for _ in range(chance.randint(0, 4))),
        subjects=tuple(Term(one, one) for one in chance.sample(subjects, chance.randint(0, 3))),
        levels=tuple(Term(one, one) for one in chance.sample(levels, chance.randint(0, 2))),
        age_range=ages,
        formats=tuple(chance.sample(["application/pdf", "text/html", "video/mp4"], chance.randint(0, 2))),
    )
    facts = Facts(
        source=chance.choice([None, "klas", "kim", "Zürich & co"]),
        organisation=chance.choice([None, "o1", "o2"]),
        collections=tuple(chance.sample(["c1", "c2", "c3"], chance.randint(0, 2))),
    )
    at = 900_000_000 + chance.randrange(40_000)
    id_ = str(uuid.UUID(int=chance.getrandbits(128)))
    return made.of(id_, ((at << SHIFT) + n, (at << SHIFT) + n), record, summary, facts)


def searches(count: int, seed: int) -> Iterator[Search]:
    """Random searches: words of the corpus, misspelt and cut and joined, operators everywhere, filters and facets."""
    chance = random.Random(seed)
    vocabularies = shipped()
    subjects = [c.id for c in vocabularies.concepts.values() if c.scheme == "subject"][:40]
    for _ in range(count):
        pairs = [("q", _query(chance)), ("size", str(chance.choice([0, 1, 10, 20, 100])))]
        if chance.random() < 0.5:
            pairs.append(("sort", chance.choice(parameters.SORTS)))
        if chance.random() < 0.3:
            pairs.append(("prefer", chance.choice(["nl", "en", "fr", "es"])))
        if chance.random() < 0.3:
            pairs += [("subject", one) for one in chance.sample(subjects, chance.randint(1, 3))]
        for name, values in (
            ("language", ["nl", "en", "ar"]), ("format", ["text/html", "none"]), ("open", ["true", "false"]),
            ("source", ["klas", "Zürich & co"]), ("collection", ["c1", "c2"]), ("age", ["5", "6-12", "19-120"]),
            ("from", ["2027-02"]), ("until", ["2027-01-13T00:00:00Z"]),
        ):  # fmt: skip
            if chance.random() < 0.1:
                pairs.append((name, chance.choice(values)))
        facets = chance.sample(parameters.FACETS, chance.choice([0, 0, 3, 8]))
        search, problems = parameters.read([*pairs, ("facets", ",".join(facets))])
        assert not problems
        yield search


def _query(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return ""
    words = [*WORDS[chance.choice(list(WORDS))].split(), "mathematics", "Wiskunde", "primary"]
    return "".join(_piece(chance, chance.choice(words)) for _ in range(chance.choice([1, 1, 2, 2, 3, 4, 6])))


def _piece(chance: random.Random, word: str) -> str:
    match chance.randrange(14):
        case 0:
            return f'"{word}" '
        case 1:
            return f'"{word} '
        case 2:
            return f"-{word} "
        case 3:
            return f"{word} OR "
        case 4:
            return f"{chance.choice(['title', 'vak', 'auteur', 'keyword', 'nofield'])}:{word} "
        case 5:
            return f"{word[: chance.randint(1, len(word))]}* "
        case 6:
            cut = chance.randrange(len(word))
            return f"{word[:cut]}{word[cut + 1 :]} "
        case 7:
            return word
        case 8:
            return f"{word[: len(word) // 2]} {word[len(word) // 2 :]} "
        case 9:
            return chance.choice([*_ODD, *_NAMES, "(", ")", "AND ", "\\", "{x TO *}", "~", "^2 "])
        case _:
            return f"{word} "


def difference(language: Language, left: Index, right: Index, search: Search) -> str | None:
    """What two engines say differently about a search; None when nothing."""
    found = []
    for index in (left, right):
        planned = language.plan(search.q, index, search.prefer)
        found.append((planned, index.find(wanted(search, planned))))
    (plan_left, one), (plan_right, other) = found
    if plan_left != plan_right:
        return f"{search.q!r}: planned differently"
    if one.total != other.total or one.more != other.more or one.counts != other.counts:
        return f"{search}: {one.total} {one.more} against {other.total} {other.more}"
    return _differing_hits(search, one, other)


def _differing_hits(search: Search, one: Found, other: Found) -> str | None:
    if len(one.hits) != len(other.hits):
        return f"{search}: {len(one.hits)} hits against {len(other.hits)}"
    for a, b in zip(one.hits, other.hits, strict=True):
        if a.score is None and (a.id, a.key) != (b.id, b.key):
            return f"{search}: {a} against {b}"
        if a.score is not None and (b.score is None or abs(a.score - b.score) > 1e-4 * max(1.0, abs(a.score))):
            return f"{search}: {a} against {b}"
    scored = {hit.id: hit.score for hit in one.hits if hit.score is not None}
    edge = min(scored.values(), default=0.0)
    for hit in other.hits:  # At the edge of the page two equal scores may stand in either order.
        if hit.score is not None and hit.id not in scored and hit.score > edge + 1e-4 * max(1.0, edge):
            return f"{search}: {hit} is missing"
    return None


def fill(index: Index, found: list[Document]) -> None:
    """Write a corpus in one batch: both engines count deleted documents in their statistics until a merge."""
    with index.writing(bulk=True) as writer:
        assert writer is not None
        writer.put(Batch(found, (), max(one.position for one in found)))


def walk(language: Language, index: Index, search: Search) -> Iterator[str]:
    """The ids of all hits, page by page."""
    planned = language.plan(search.q, index, search.prefer)
    after: After | None = None
    rank = 0
    while True:
        found = index.find(wanted(search, planned, after))
        yield from (hit.id for hit in found.hits)
        if not found.more or not found.hits:
            return
        rank += len(found.hits)
        after = After(found.hits[-1].key, rank, found.hits[-1].score)
