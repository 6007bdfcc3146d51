"""The proof at the end of an audit: records that no list named are asked for one by one before they are deleted (E.7).

GetRecord decides, not the list. That GetRecord works is shown by a record that the list did name. Where it gives no
answer that can be believed, a list that brought what it said is believed without it, and a doubted one is not.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from harvest.walks.oai import audit as oai_audit
from harvest.walks.oai import cursor as oai_cursor
from harvest.walks.oai.answers import Answers, Word
from harvest.walks.oai.cursor import Cursor
from harvest.walks.oai.page import Header
from harvest.walks.walk import Around, Ended, Step, Unnamed, packed

AT_ONCE: Final = 20
_KEPT: Final = "nothing was deleted because of that list"
_UNCLEAR: Final = "is in no list any more, and could not be asked for"


def prove(at: Cursor, around: Around, answers: Answers) -> Step:
    """Ask for some of the live records here that no list of the run named."""
    rows = around.unnamed(at.after)[:AT_ONCE]
    if not rows:
        return _last(oai_audit.proven(at))
    if at.proven >= oai_audit.MOST_PROVEN:
        return _last(oai_audit.proven(at, "More records than can be asked for are in no list; the next run goes on."))
    if not at.proven:
        begun = _begun(at, around, answers)
        if isinstance(begun, Step):
            return begun
        at = begun
    asked: list[_Asked] = []
    for each in rows:
        asked.append(_Asked(each, _word(at, around, answers, each.identifier)))
        if asked[-1].word.said == "there" and (at.doubt or at.vague):
            break
    there = [each for each in asked if each.word.said == "there"]
    if there and (at.doubt or at.vague):
        why = at.doubt or "says nothing of its size"
        sentence = f"The list of identifiers {why}, and {there[0].row.identifier} is there all the same: {_KEPT}."
        ended = oai_audit.proven(at, sentence)
        return Step(packed(ended), settles=True, withdraws=True)
    unclear = [each for each in asked if each.word.said == "nothing"]
    after: Cursor | Ended = oai_cursor.replace(
        at, after=rows[-1].number, proven=at.proven + len(rows), missing=_with(at.missing, unclear)
    )
    if at.many and not there and not unclear:  # A person looks before any of so many is deleted.
        return _last(believed(at))
    notes = (
        (f"{there[0].row.identifier} is in no list any more and is there all the same: it is kept.",) if there else ()
    )
    gone = tuple(each.row.key for each in asked if each.word.said == "gone")
    return Step(packed(after), gone=gone, notes=notes, settles=True)


class _Asked(NamedTuple):
    row: Unnamed
    word: Word


def _begun(at: Cursor, around: Around, answers: Answers) -> Cursor | Step:
    """The cursor with what holds for the whole proof; a step that ends it where no proof is needed, or possible."""
    many = around.is_braked()
    if many and not (at.doubt or at.vague):
        return _last(believed(at))
    names = around.named()
    if not names:  # Nothing is listed any more, so no listed record can show that GetRecord works.
        return oai_cursor.replace(at, many=many)
    for name in names:
        witness = answers.word(at.prefix, Header(name, "", deleted=False))
        if witness.said == "there":
            told = any(_is_in(around.source.set, each.sets) for each in witness.deliveries)
            return oai_cursor.replace(at, many=many, sets_told=told)
    if at.doubt:
        why = f"The list of identifiers {at.doubt}, and GetRecord does not give {names[0]}, which it names: {_KEPT}."
        return Step(packed(oai_audit.proven(at, why)), settles=True, withdraws=True)
    return _last(believed(at))


def believed(at: Cursor) -> Ended:
    """The end of an audit whose list is believed: whatever it does not name is noted as deleted when the run ends."""
    return msgspec.structs.replace(oai_audit.over(at), audited=True)


def _word(at: Cursor, around: Around, answers: Answers, identifier: str) -> Word:
    """What GetRecord says; a record that left the set is gone from this source."""
    word = answers.word(at.prefix, Header(identifier, "", deleted=False))
    if (
        word.said == "there"
        and at.sets_told
        and not any(_is_in(around.source.set, one.sets) for one in word.deliveries)
    ):
        return Word("gone")
    return word


def _is_in(spec: str, sets: tuple[str, ...]) -> bool:
    """Whether a header's sets hold the set, or one below it."""
    return bool(spec) and any(each == spec or each.startswith(f"{spec}:") for each in sets)


def _with(missing: tuple[str, ...], unclear: list[_Asked]) -> tuple[str, ...]:
    """What is missing, and the first record of which nothing could be learnt."""
    if not unclear or any(_UNCLEAR in each for each in missing):
        return missing
    first = unclear[0]
    return (*missing, f"{first.row.identifier} {_UNCLEAR}: {first.word.why}")


def _last(ended: Ended) -> Step:
    return Step(packed(ended), settles=True)
