"""`python -m bench.relevance`: how well the search finds, on sets made from the collections themselves.

Collections: generated records, and real titles (textbooks, OER Commons) where they lie beside the checkout. Queries are
drawn from the records with a fixed seed and parted by a hash of the record into dev and test: tune on `--split dev`,
report `--split test`. Prints a table with the thresholds and exits 1 when one is missed.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import random
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from bench.inflections import OTHER_FORM
from repository.published import SHIFT, Facts
from repository.search.engines.embedded import EmbeddedEngine, EmbeddedIndex
from repository.search.index.document import Document, Documents
from repository.search.index.engine import Batch, Hit
from repository.search.language.word_lists import every_stop_word
from repository.search.language.words import plain_words
from repository.search.plan.language import Language
from repository.search.plan.parameters import read
from repository.search.plan.query_plan import Planned
from repository.search.request import wanted
from repository.search.suggestions import corrected, suggestions
from schemas.formats.incoming import incoming
from schemas.generate.generate import records
from schemas.record import Record
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped

SHARED = Path(os.environ.get("OERBRON_SHARED") or Path(__file__).resolve().parents[2] / "shared")
REAL = ("open_textbooks_tsv", "oer_commons_csv")
THRESHOLDS = {
    "exact title, success@1": 0.99,
    "three words of the title, MRR@10": 0.85,
    "beginning of the title in suggestions, success@5": 0.95,
    "one typo, success@10": 0.92,
    "two typos, success@10": 0.85,
    "inflected, unaccented, ss: success@10": 0.95,
    "compound split or joined, recall@100": 0.90,
    "subject in another language, nDCG@10": 0.90,
    "no false did-you-mean": 0.99,
}
MOST = 400  # queries of a set


class Collection:
    """Records in an index, and what the sets need to know of them."""

    def __init__(self, name: str, found: Sequence[Record], folder: Path) -> None:
        self.name = name
        self.language = Language(shipped())
        self.index: EmbeddedIndex = EmbeddedEngine(folder).open("m1-0-1")
        made = Documents(shipped(), self.language.analyser)
        self.documents: list[Document] = []
        for n, record in enumerate(found):
            summary = summarise(record, shipped())
            if summary.title:
                place = (900_000_000 << SHIFT) + n
                self.documents.append(made.of(_id(n), (place, place), record, summary, Facts()))
        with self.index.writing(bulk=True) as writer:
            assert writer is not None
            for start in range(0, len(self.documents), 2_000):
                writer.put(Batch(self.documents[start : start + 2_000], (), start + 1))
        self.by_title: dict[str, set[str]] = {}
        for one in self.documents:
            self.by_title.setdefault(" ".join(plain_words(one.shown)), set()).add(one.id)

    def find(self, q: str, size: int = 10) -> tuple[list[Hit], Planned | None]:
        search, _ = read([("q", q), ("size", str(size))])
        planned = self.language.plan(search.q, self.index)
        return list(self.index.find(wanted(search, planned)).hits), planned

    def ids(self, q: str, size: int = 10) -> list[str]:
        return [hit.id for hit in self.find(q, size)[0]]

    def same(self, one: Document) -> set[str]:
        """The records of this title: nobody can tell them apart by it."""
        return self.by_title[" ".join(plain_words(one.shown))]


def _id(n: int) -> str:
    digest = blake2b(str(n).encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


class Sample(NamedTuple):
    chance: random.Random
    documents: list[Document]


def _sample(collection: Collection, split: str, seed: str) -> Sample:
    documents = [one for one in collection.documents if (int(one.id[:2], 16) < 128) == (split == "dev")]
    chance = random.Random(seed)
    chance.shuffle(documents)
    return Sample(chance, documents)


def _content(one: Document) -> list[str]:
    words = plain_words(one.shown)
    return list(dict.fromkeys(word for word in words if word not in every_stop_word() and len(word) > 2))


def exact(collection: Collection, sample: Sample) -> Iterator[float]:
    for one in sample.documents[:MOST]:
        first = collection.ids(one.shown, 1)
        yield float(bool(first) and first[0] in collection.same(one))


def three_words(collection: Collection, sample: Sample) -> Iterator[float]:
    for one in _with_words(sample, 4)[:MOST]:
        q = " ".join(sample.chance.sample(_content(one), 3))
        yield _reciprocal(collection.ids(q), collection.same(one))


def beginning(collection: Collection, sample: Sample) -> Iterator[float]:
    for one in [each for each in sample.documents if len(each.shown) >= 20][:MOST]:
        length = min(len(one.shown) - 1, max(12, len(one.shown) * 2 // 3))
        texts = [
            each.text for each in suggestions(collection.language, collection.index, one.shown[:length], 5, ("en",))
        ]
        yield float(one.shown.casefold() in {text.casefold() for text in texts})


def typos(count: int) -> Callable[[Collection, Sample], Iterator[float]]:
    def run(collection: Collection, sample: Sample) -> Iterator[float]:
        for one in _with_words(sample, 3, long=6)[:MOST]:
            words = _content(one)
            long = [word for word in words if len(word) >= 6 and word.isalpha()]
            chosen = sample.chance.choice(long)
            others = sample.chance.sample([word for word in words if word != chosen], 2)
            wrong = chosen
            for _ in range(count):
                wrong = _misspelt(sample.chance, wrong)
            yield float(not collection.same(one).isdisjoint(collection.ids(" ".join([wrong, *others]))))

    return run


def forms(collection: Collection, sample: Sample) -> Iterator[float]:
    """A word of the title in another form (an independent list), without its accents, with ss for ß."""
    done = 0
    for one in sample.documents:
        words = one.shown.split()
        languages = {token.partition(":")[0] for token in one.title[1:]}
        other = OTHER_FORM.get(languages.pop(), {}) if len(languages) == 1 else {}
        changed = [other.get(word.casefold().strip(",.:;?!()"), _unaccented(word)) for word in words]
        if changed == words or len(words) > 16:
            continue
        done += 1
        if done > MOST:
            return
        yield float(not collection.same(one).isdisjoint(collection.ids(" ".join(changed))))


def compounds(collection: Collection, sample: Sample) -> Iterator[float]:
    """A long word written in two, and two neighbours written as one."""
    known = {word for one in collection.documents for word in one.exact if len(word) >= 4 and word.isalpha()}
    having: dict[str, set[str]] = {}
    pairs: dict[tuple[str, str], set[str]] = {}
    for one in collection.documents:
        words = plain_words(one.shown)
        for word in words:
            having.setdefault(word, set()).add(one.id)
        for pair in itertools.pairwise(words):
            pairs.setdefault(pair, set()).add(one.id)
    cases: list[tuple[str, set[str]]] = []
    for word, ids in having.items():
        if len(word) >= 9 and word.isalpha():
            cut = next((n for n in range(4, len(word) - 3) if word[:n] in known and word[n:] in known), None)
            if cut is not None and len(ids) <= 100:
                cases.append((f"{word[:cut]} {word[cut:]}", ids))
    for (left, right), ids in pairs.items():
        if left in known and right in known and left + right in known and len(ids) <= 100:
            cases.append((left + right, ids))
    sample.chance.shuffle(cases)
    for q, ids in cases[:MOST]:
        yield len(ids & set(collection.ids(q, 100))) / len(ids)


def foreign_subject(collection: Collection, sample: Sample) -> Iterator[float]:
    """A subject by its name in a language that its records are not in."""
    vocabularies, chance = shipped(), sample.chance
    tagged: dict[str, set[str]] = {}
    for one in collection.documents:
        for subject in one.keywords["subject"]:
            tagged.setdefault(subject, set()).add(one.id)
    subjects = sorted(tagged.items())
    chance.shuffle(subjects)
    for subject, ids in subjects:
        concept = vocabularies.concepts[subject]
        for lang, label in concept.labels.items():
            others = {text.casefold() for tag, text in concept.labels.items() if tag != lang}
            if len(ids) >= 5 and label.casefold() not in others:
                yield _ndcg(collection.ids(label), ids)


def no_false_correction(collection: Collection, sample: Sample) -> Iterator[float]:
    for one in _with_words(sample, 2)[: 2 * MOST]:
        q = " ".join(sample.chance.sample(_content(one), 2))
        _, planned = collection.find(q)
        yield float(planned is None or corrected(q, planned) is None)


def _with_words(sample: Sample, count: int, long: int = 0) -> list[Document]:
    found = [one for one in sample.documents if len(_content(one)) >= count]
    return [one for one in found if not long or any(len(w) >= long and w.isalpha() for w in _content(one))]


def _misspelt(chance: random.Random, word: str) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 2:
            return word[:at] + chance.choice("aeiorstn") + word[at:]
        case _:
            return word[:at] + chance.choice("aeiorstn") + word[at + 1 :]


def _unaccented(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.replace("ß", "ss"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _reciprocal(ids: Sequence[str], right: set[str]) -> float:
    return next((1 / n for n, one in enumerate(ids, 1) if one in right), 0.0)


def _ndcg(ids: Sequence[str], right: set[str]) -> float:
    gain = sum(1 / math.log2(n + 1) for n, one in enumerate(ids, 1) if one in right)
    best = sum(1 / math.log2(n + 1) for n in range(1, min(10, len(right)) + 1))
    return gain / best


SETS: dict[str, Callable[[Collection, Sample], Iterator[float]]] = dict(
    zip(
        THRESHOLDS,
        (exact, three_words, beginning, typos(1), typos(2), forms, compounds, foreign_subject, no_false_correction),
        strict=True,
    )
)


def real_records() -> list[Record]:
    """The real titles, read as `oerbron import` reads them; none where they are not there."""
    found = []
    for folder in REAL:
        for path in sorted((SHARED / "data" / folder).glob("*.?sv")):
            request = incoming.Incoming(name=path.name, vocabularies=shipped())
            for each in incoming.deliveries(path.read_bytes(), request):
                if each.reading is not None:
                    found.append(each.reading.record)
    return found


def measure(collection: Collection, split: str) -> bool:
    """Print the collection's table; whether every threshold is reached."""
    print(f"\n{collection.name}: {len(collection.documents)} records, {split} split\n")
    print("| set | queries | reached | threshold |\n|---|---|---|---|")
    good = True
    for name, run in SETS.items():
        values = list(run(collection, _sample(collection, split, name)))
        mean = sum(values) / len(values) if values else float("nan")
        missed = bool(values) and mean < THRESHOLDS[name]
        good = good and not missed
        print(f"| {name} | {len(values)} | {mean:.3f}{' MISSED' if missed else ''} | {THRESHOLDS[name]:.2f} |")
    return good


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--records", type=int, default=5_000, help="generated records")
    arguments.add_argument("--split", choices=("dev", "test"), default="test")
    given = arguments.parse_args()
    collections: list[tuple[str, Sequence[Record]]] = [("generated", list(records(given.records, 1)))]
    if found := real_records():
        collections.append(("textbooks and OER Commons", found))
    good = True
    for name, made in collections:
        with tempfile.TemporaryDirectory() as folder:
            good = measure(Collection(name, made, Path(folder)), given.split) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
