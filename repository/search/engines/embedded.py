"""The embedded engine: tantivy in OERBRON_HOME, read by every process, written by one at a time.

The one door to tantivy. A generation is a folder with two indexes, `records` and `words` (the words to spell by); the
file `current` names the one that is searched. A commit is one rename, so a process may die anywhere: the next writer
finds the last whole batch and its watermark. The writer's lock dies with its process. Local disks only; the format is
tied to tantivy's version, so a generation that this version cannot read is simply made anew. So is one that cannot be
read for any other reason: whoever notices leaves the file `damaged` in it, and nobody uses it from then on.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import tantivy

from repository.search.engines import embedded_hits as finding
from repository.search.engines.embedded_files import DAMAGED, META, RECORDS, WORDS, flaws, translated
from repository.search.engines.embedded_queries import Queries
from repository.search.errors import IndexDamaged, SearchUnavailable
from repository.search.index.document import KEYS, KEYWORDS, Document
from repository.search.index.engine import MARK, Batch, Found, Sum, Wanted, Writer
from repository.search.language.spelling import forms, is_correctable
from repository.search.plan.plan import SCORED, SENTINEL, Row
from repository.search.plan.query_plan import Token

_HEAP_BYTES: Final = 20_000_000  # of a writer; ten times as much makes it no faster, and the process 140 MB larger
_BULK_RECORDS: Final = 2_000  # of one commit: each makes a segment, and a commit waits for the disk twenty times
_MOST_NEAR: Final = 4_000  # candidates for a misspelt word
CURRENT: Final = "current"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_encode: Final = msgspec.json.Encoder().encode


def records_schema() -> tantivy.Schema:
    """The fields of document.py as tantivy has them. Texts are tokens joined by spaces."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
    for field in SCORED:
        option = "position" if field == "exact" else "freq"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=option)
    builder.add_text_field("starts", tokenizer_name="whitespace", index_option="basic")
    for name in KEYWORDS:
        builder.add_text_field(name, fast=name in finding.COUNTED, tokenizer_name="raw", index_option="basic")
    for name in (*KEYS, *finding.TOGETHER.values()):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("position", stored=True, indexed=True, fast=True)
    for name in ("age_min", "age_max", "bucket", "check"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("place", fast=True)
    return builder.build()


def words_schema() -> tantivy.Schema:
    """A word to spell by, and its forms."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("word", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("form", tokenizer_name="raw", index_option="basic")
    return builder.build()


class EmbeddedEngine:
    """The generations in one folder."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: dict[str, EmbeddedIndex] = {}
        self._lock = threading.Lock()

    def names(self) -> Sequence[str]:
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir())

    def current(self) -> str | None:
        try:
            name = (self.folder / CURRENT).read_bytes()[:200].decode().strip()
        except (OSError, UnicodeDecodeError):  # It is not there, or is no file of ours: the index is made anew.
            return None
        return name if _NAME.fullmatch(name) and (self.folder / name).is_dir() else None

    def open(self, name: str) -> EmbeddedIndex:
        with self._lock:
            folder = self.folder / name
            if (folder / DAMAGED).exists():
                self._opened.pop(name, None)
                raise IndexDamaged(f"The index {name} is damaged; a new one is being made.")
            index = self._opened.get(name)
            if index is None or not index.folder.is_dir():
                with translated(folder, opening=True):
                    for each in (self.folder, folder):
                        if each.exists() and not each.is_dir():
                            each.unlink()  # no folder of ours, and in its place
                    index = self._opened[name] = EmbeddedIndex(folder)
            return index

    def flaws(self, name: str) -> Sequence[str]:
        if (self.folder / name / DAMAGED).exists():
            return ["it could not be read"]
        return flaws(self.folder / name)

    def turn(self, name: str) -> None:
        fresh = self.folder / f"{CURRENT}.{os.getpid()}"
        with translated(self.folder / name):
            fresh.write_text(name, encoding="utf-8")
            if (self.folder / CURRENT).is_dir():
                shutil.rmtree(self.folder / CURRENT)
            fresh.replace(self.folder / CURRENT)

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            with self._lock:
                self._opened.pop(name, None)
            shutil.rmtree(self.folder / name, ignore_errors=True)


class EmbeddedIndex:
    """One generation: a folder with two tantivy indexes."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.folder = folder
        if (folder / RECORDS / META).exists() and not (folder / WORDS / META).exists():
            raise ValueError("its words are gone")
        self.words = _Part(folder / WORDS, words_schema())  # first, so that nobody finds records without words
        self.records = _Part(folder / RECORDS, records_schema())
        self.queries = Queries(self.records.schema)

    def find(self, wanted: Wanted) -> Found:
        with translated(self.folder):
            return finding.find(self.records.searcher(), self.queries, wanted)

    def frequencies(self, tokens: Iterable[Token]) -> Mapping[Token, int]:
        with translated(self.folder):
            searcher = self.records.searcher()
            counted = ((token, searcher.doc_freq(token[0], token[1])) for token in tokens)
            return {token: count for token, count in counted if count}

    def rows(self, rows: Iterable[tuple[str, ...]]) -> Collection[tuple[str, ...]]:
        with translated(self.folder):
            searcher = self.records.searcher()
            return [row for row in rows if searcher.search(self.queries.of(Row(row)), limit=1, count=False).hits]

    def near(self, forms: Iterable[str]) -> Sequence[str]:
        with translated(self.folder):
            searcher = self.words.searcher()
            query = tantivy.Query.term_set_query(self.words.schema, "form", list(forms))
            hits = searcher.search(query, limit=_MOST_NEAR, count=False).hits
            return [str(searcher.doc(address)["word"][0]) for _, address in hits]

    def watermark(self) -> int | None:
        with translated(self.folder):
            searcher = self.records.searcher()
            hits = searcher.search(self.queries.id(MARK), limit=1, count=False).hits
            return int(searcher.doc(hits[0][1])["position"][0]) if hits else None

    @contextmanager
    def writing(self, *, bulk: bool = False) -> Iterator[Writer | None]:
        raw = self.records.writer(_HEAP_BYTES)
        if raw is None:
            yield None
            return
        writer = _Writer(self, raw, _BULK_RECORDS if bulk else 0)
        try:
            yield writer
            writer.commit()
        finally:
            writer.close()

    def sums(self) -> Mapping[int, Sum]:
        with translated(self.folder):
            return finding.sums(self.records.searcher(), self.queries)

    def members(self, bucket: int) -> Mapping[str, int]:
        with translated(self.folder):
            return finding.members(self.records.searcher(), self.queries, bucket)

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


class _Part:
    """One tantivy index: opened once, its reader renewed when somebody committed."""

    def __init__(self, folder: Path, schema: tantivy.Schema) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.schema = schema
        self._meta = folder / META
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()
        with translated(folder.parent, opening=True):
            if tantivy.Index.exists(str(folder)) and not tantivy.Index.is_compatible(str(folder)):
                raise ValueError("another version of tantivy made it")
            self.index = tantivy.Index(schema, str(folder))
            self.index.config_reader("manual")

    def searcher(self) -> tantivy.Searcher:
        """A view of the newest commit; looking for one costs a stat."""
        with translated(self._meta.parent.parent):
            stat = self._meta.stat()
            state = (stat.st_mtime_ns, stat.st_ino)
            if state != self._seen:
                with self._lock:
                    self.index.reload()
                    self._seen = state
            return self.index.searcher()

    def writer(self, heap_bytes: int) -> tantivy.IndexWriter | None:
        """A writer, or None when another one is at it (its lock is not waited for)."""
        with translated(self._meta.parent.parent):
            try:
                writer = self.index.writer(heap_bytes, 1)
            except ValueError as error:
                if "LockBusy" in str(error):
                    return None
                raise
            # A writer that was killed within a commit leaves files that no commit knows; the next one would make files
            # of the same names and fail for ever (tantivy 0.27, found by killing it 200 times).
            writer.garbage_collect_files()
            return writer


class _Writer:
    """Writes batches with their watermark in one commit: each, or (in bulk) `most` records together."""

    def __init__(self, index: EmbeddedIndex, raw: tantivy.IndexWriter, most: int) -> None:
        self.index = index
        self.raw = raw
        self.most = most
        self.waiting = 0
        self.reached: int | None = None  # the watermark of what is not committed yet
        self.known: set[str] = set()
        self._speller: tantivy.IndexWriter | None = None

    def watermark(self) -> int | None:
        return self.index.watermark() if self.reached is None else self.reached

    def put(self, batch: Batch) -> None:
        with translated(self.index.folder):
            self._spell(batch.documents)
            for document in batch.documents:
                self.raw.delete_documents_by_term("id", document.id)
                self.raw.add_json(_text(fields(document)))
            for gone in batch.gone:
                self.raw.delete_documents_by_term("id", gone.id)
        self.reached = batch.watermark
        self.waiting += len(batch.documents) + len(batch.gone)
        if self.waiting >= self.most:
            self.commit()

    def commit(self) -> None:
        """Keep what was put, and make it searchable."""
        if self.reached is None:
            return
        with translated(self.index.folder):
            if self._speller is not None:
                self._speller.commit()
            self.raw.delete_documents_by_term("id", MARK)
            self.raw.add_json(_text(mark(self.reached)))
            self.raw.commit()
        self.waiting, self.reached = 0, None

    def close(self) -> None:
        """Let go of the locks when what was begun is merged: a merge that is cut off would only be begun again."""
        for writer in (self._speller, self.raw):  # The records' lock is the outer one: who has it gets the other.
            if writer is not None:
                with translated(self.index.folder):
                    writer.wait_merging_threads()
        self._speller = None
        del self.raw

    def _spell(self, documents: Sequence[Document]) -> None:
        """Keep the words that are new; they only pile up, and a word that no record has is not suggested."""
        words = {word for document in documents for word in document.vocabulary if is_correctable(word)} - self.known
        searcher = self.index.words.searcher()
        fresh = [word for word in sorted(words) if not searcher.doc_freq("word", word)]
        if fresh and self._speller is None:
            self._speller = self.index.words.writer(_HEAP_BYTES)
            if self._speller is None:
                raise SearchUnavailable("Another process is writing the words of the index; try again in a minute.")
        for word in fresh:
            self._speller.add_json(_text({"word": word, "form": forms(word)}))  # type: ignore[union-attr]  # see above
        self.known |= words


def fields(document: Document) -> dict[str, Any]:
    """A document as tantivy stores it."""
    found: dict[str, Any] = {
        "id": document.id,
        "kind": "record",
        "shown": document.shown,
        "position": document.position,
        "bucket": document.bucket,
        "check": document.check,
        "place": document.place,
        "by_title": document.by_title,
        "by_newest": document.by_newest,
        "starts": " ".join(document.starts),
        **{name: " ".join(getattr(document, name)) for name in SCORED},
        **{name: values for name, values in document.keywords.items() if values},
        **{field: finding.together(document.keywords[name]) for name, field in finding.TOGETHER.items()},
    }
    if document.age_min is not None:
        found |= {"age_min": document.age_min, "age_max": document.age_max}
    return found


def mark(position: int) -> dict[str, Any]:
    """The document that holds the watermark; dense as all are."""
    return {"id": MARK, "kind": "mark", "position": position, **dict.fromkeys(SCORED, SENTINEL)}


def _text(value: Any) -> str:
    return _encode(value).decode()


__all__ = ["EmbeddedEngine", "EmbeddedIndex"]
