"""The words of a folded line, one by one and as phrases: what each of them is around a licence."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from schemas.licences.address import MARK
from schemas.licences.folding import fold
from schemas.licences.lexicon import class_of, lexicon

_SIGN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|" + MARK + r"|[^\w\s]|_")
_CODES = re.compile(r"(?:cc)?(?:by|nc|nd|sa)+|cc|pdm|cc(?:zero|pd|pdm)")
_CODE = re.compile(r"cc|by|nc|nd|sa|zero|pdm|pd")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DENYING: Final = frozenset("?？€$£¥")
_SHORT: Final = frozenset(("v", "vs", "ver", "vers", "nr", "no", "st", "dr", "prof", "ed", "vol", "p", "c", "ca"))


class Word(NamedTuple):
    """`text` is folded; `shape` T (Title, CamelCase), U (CAPITALS), l (lower), c (no case), 0 (number).

    `glue` is what stands before it: "" (nothing), "-" (dash, slash, underscore), " " (blank), "," (other signs).
    """

    text: str
    shape: str
    glue: str
    sentence: int


class Item(NamedTuple):
    """A word or phrase with its kind: a code or name of a licence, a class of the lexicon, `number` or `address`."""

    kind: str
    text: str
    shape: str
    glue: str
    sentence: int
    is_code: bool = False


def words_of(line: str) -> list[Word]:
    """The words of a line. Letters written apart are joined into one word ("C C B Y"); CamelCase is parted."""
    found: list[Word] = []
    sentence, gap, end = 0, "", 0
    for match in _SIGN.finditer(line):
        sign = match[0]
        if match.start() > end and not gap:
            gap = " "
        blank = match.end() >= len(line) or line[match.end()] == " "
        end = match.end()
        if sign[0].isalnum() or sign == MARK:
            for place, part in enumerate(_parted(sign)):
                found.append(Word(fold(part), _shape(part), gap if place == 0 else "", sentence))
            gap = ""
            continue
        if sign in _DENYING:
            found.append(Word(sign, "c", gap, sentence))
        breaks = sign in "¶;!?。！？" or (sign == "." and blank and not (found and found[-1].text in _SHORT))
        if breaks and found and (sign != "." or len(found[-1].text) > 1 or not found[-1].text.isalpha()):
            sentence += 1
        close = not gap and not blank
        gap = "-" if sign in "-/_+" and close else "." if sign == "." and not gap else ","
    return _joined(found)


def _parted(sign: str) -> list[str]:
    """The parts of a word in CamelCase; any other word whole."""
    if sign[1:].islower() or sign.isupper() or sign.isdigit():
        return [sign]
    cuts = [0]
    for place in range(1, len(sign) - 1):
        if sign[place].isupper() and (sign[place + 1].islower() or sign[place - 1].islower()):
            cuts.append(place)
    return [sign[start:end] for start, end in zip(cuts, [*cuts[1:], len(sign)], strict=True)]


def _shape(sign: str) -> str:
    if sign[0].isdigit():
        return "0"
    if sign.upper() == sign.lower():
        return "c"
    if sign.isupper():
        return "U"
    return "T" if sign[0].isupper() or any(letter.isupper() for letter in sign) else "l"


def _joined(words: list[Word]) -> list[Word]:
    if not any(len(word.text) == 1 for word in words):
        return words
    found: list[Word] = []
    for word in words:
        if (
            len(word.text) == 1
            and word.shape in "Ul"
            and found
            and found[-1].shape == word.shape
            and word.glue in (" ", ".", "-")
            and (len(found[-1].text) == 1 or found[-1].glue == "\0")
        ):
            before = found.pop()
            found.append(before._replace(text=before.text + word.text, glue="\0"))
        else:
            found.append(word)
    return [word._replace(glue=" ") if word.glue == "\0" else word for word in found]


def items_of(words: list[Word]) -> list[Item]:
    """The words as items: the longest phrase first, then codes, then single words."""
    known = lexicon()
    found: list[Item] = []
    place = 0
    while place < len(words):
        word = words[place]
        if after_version(found) and (scope := _scope(words, place)):
            code, length = scope
            found.append(Item("scope", code, word.shape, word.glue, word.sentence))
            place += length
            continue
        kind, length = _phrase(words, place, known.phrases, known.reach)
        if length:
            text = "".join(one.text for one in words[place : place + length])
            found.append(Item(kind, text, word.shape, word.glue, word.sentence))
            place += length
            continue
        found += _single(word)
        place += 1
    return found


def after_version(found: list[Item]) -> bool:
    """Whether the last items are a version, with words like "international license" or a bracket after it."""
    for item in reversed(found[-3:]):
        if item.kind == "number":
            return True
        if item.kind != "scope" and item.text not in ("license", "licence", "v", "version"):
            return False
    return False


def _scope(words: list[Word], place: int) -> tuple[str, int] | None:
    ports = lexicon().ports
    squeezed, best = "", None
    for length, word in enumerate(words[place : place + 7], 1):
        squeezed += word.text
        if squeezed in ports:
            best = (ports[squeezed], length)
    return best


def _phrase(words: list[Word], place: int, phrases: dict[str, str], reach: dict[str, int]) -> tuple[str, int]:
    squeezed = words[place].text
    if len(squeezed) < 2 and place + 1 < len(words):
        most = reach.get((squeezed + words[place + 1].text)[:2], 0)
    else:
        most = reach.get(squeezed[:2], 0)
    if not most:
        return "", 0
    kind, length = phrases.get(squeezed, ""), 1
    sentence, best = words[place].sentence, (1 if kind else 0)
    for word in words[place + 1 : place + 18]:
        squeezed += word.text
        if len(squeezed) > most or word.sentence > sentence + 1:
            break
        length += 1
        if squeezed in phrases:
            kind, best = phrases[squeezed], length
    return kind, best


def _single(word: Word) -> list[Item]:
    text = word.text
    if text in _DENYING:
        return [Item("deny", text, "c", word.glue, word.sentence)]
    if text == MARK:
        return [Item("address", text, "c", word.glue, word.sentence)]
    if word.shape == "0":
        return [Item("number", text, "0", word.glue, word.sentence)]
    if _CODES.fullmatch(text):
        parts = _CODE.findall(text)
        return [
            Item(part, part, word.shape, word.glue if place == 0 else "", word.sentence, is_code=True)
            for place, part in enumerate(parts)
        ]
    if _UNSPACED.match(text) and len(text) > 1:
        return _segmented(word)
    return [Item(class_of(text), text, word.shape, word.glue, word.sentence)]


def _segmented(word: Word) -> list[Item]:
    """A word of a script without blanks, cut into what the lexicon knows, the longest first."""
    known, text = lexicon(), word.text
    found: list[Item] = []
    place = 0
    while place < len(text):
        for end in range(len(text), place, -1):
            part = text[place:end]
            kind = known.phrases.get(part) or known.words.get(part)
            if kind or end == place + 1:
                found.append(Item(kind or "unknown", part, "c", "" if place else word.glue, word.sentence))
                place = end
                break
    return found
