"""The arguments of a request, strictly: raw query string and form body in, Arguments or every mistake out.

Pure. OAI-PMH 2.0, 3.1.1 (requests), 3.3.1 (dates), 3.5 (resumption tokens), 4 (the table of each verb), 3.6 (errors).
The raw bytes are read here, because a dict of parameters has lost what badArgument is about: repeated, empty and
undecodable arguments. Whether a set, prefix or identifier exists is not this module's business.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from provider.errors import BadArgument, BadVerb, ProtocolError, Refused
from schemas.datestamp import Bound, parse_datestamp, utc_datestamp
from schemas.xml.reader import gate

TOKEN: Final = "resumptionToken"  # noqa: S105 - the name of an argument
MOST_BYTES: Final = 64 * 1024  # of a form body; the longest lawful request is far below


class Rule(NamedTuple):
    """The arguments of one verb (4.1 to 4.6); `exclusive` is the one that stands alone."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    exclusive: str | None = None


_LIST: Final = Rule(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), TOKEN)
RULES: Final[dict[str, Rule]] = {
    "Identify": Rule(),
    "ListMetadataFormats": Rule(optional=frozenset({"identifier"})),
    "ListSets": Rule(exclusive=TOKEN),
    "GetRecord": Rule(frozenset({"identifier", "metadataPrefix"})),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
}
ORDER: Final = ("verb", "identifier", "metadataPrefix", "from", "until", "set", TOKEN)
_PREFIX: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
_SPEC: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")


class Arguments(NamedTuple):
    """A lawful request. `given` holds the values as received, for `<request>`."""

    verb: str
    given: dict[str, str]
    since: Bound | None = None
    until: Bound | None = None

    def get(self, name: str) -> str | None:
        return self.given.get(name)


class _Pair(NamedTuple):
    name: str
    value: str | None  # None: not UTF-8, or a character that no XML document can carry


def read(query: bytes, body: bytes = b"") -> Arguments:
    """The request in a query string and a form body, which count as one; raises Refused with every mistake."""
    pairs = _pairs(query)
    if body:
        pairs += _pairs(body)
    verb = _verb(pairs)
    mistakes: list[ProtocolError] = []
    given = _values(pairs, mistakes)
    mistakes += _misplaced(verb, given, {pair.name for pair in pairs})
    since, until = _window(given, mistakes)
    mistakes += _unlawful(given)
    if mistakes:
        raise Refused(*mistakes)
    return Arguments(verb, given, since, until)


def names(query: bytes) -> set[str]:
    """The names of the arguments in a query string."""
    return {pair.name for pair in _pairs(query)}


def _pairs(raw: bytes) -> list[_Pair]:
    return [_pair(piece) for piece in raw.split(b"&") if piece]


def _pair(piece: bytes) -> _Pair:
    name, _, value = piece.partition(b"=")
    return _Pair(_text(name) or "?", _text(value))


def _text(raw: bytes) -> str | None:
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or gate(text) == text else None


def _verb(pairs: list[_Pair]) -> str:
    verbs = [pair.value for pair in pairs if pair.name == "verb"]
    if not verbs:
        raise Refused(BadVerb(f"The verb is missing; it is one of {', '.join(RULES)}."))
    if len(verbs) > 1:
        raise Refused(BadVerb("The verb is given more than once."))
    if verbs[0] not in RULES:
        raise Refused(BadVerb(f"{_quoted(verbs[0] or '')} is no verb; it is one of {', '.join(RULES)}."))
    return verbs[0]


def _values(pairs: list[_Pair], mistakes: list[ProtocolError]) -> dict[str, str]:
    """The values that can be read, each argument once; the others become mistakes."""
    values: dict[str, str] = {}
    received: dict[str, list[str | None]] = {}
    for pair in pairs:
        received.setdefault(pair.name, []).append(pair.value)
    for name, (value, *others) in received.items():
        if others:
            mistakes.append(BadArgument(f"The argument {_quoted(name)} is given more than once."))
        elif value is None:
            mistakes.append(BadArgument(f"The value of {_quoted(name)} is not UTF-8 text that XML can carry."))
        elif not value:
            mistakes.append(BadArgument(f"The argument {_quoted(name)} is empty."))
        else:
            values[name] = value
    return values


def _misplaced(verb: str, given: dict[str, str], named: set[str]) -> list[ProtocolError]:
    rule = RULES[verb]
    known = rule.required | rule.optional | {"verb", rule.exclusive}
    mistakes: list[ProtocolError] = [
        BadArgument(f"{_quoted(name)} is no argument of {verb}.") for name in sorted(given) if name not in known
    ]
    if rule.exclusive in named:
        others = sorted(named & known - {"verb", rule.exclusive})
        if others:
            mistakes.append(BadArgument(f"{rule.exclusive} stands alone, without {', '.join(map(str, others))}."))
    else:
        missing = sorted(rule.required - named)
        mistakes += [BadArgument(f"{verb} needs the argument {name}.") for name in missing]
    return mistakes


def _window(given: dict[str, str], mistakes: list[ProtocolError]) -> tuple[Bound | None, Bound | None]:
    since, until = _bound("from", given, mistakes), _bound("until", given, mistakes)
    if since and until:
        if since.granularity != until.granularity:
            mistakes.append(BadArgument("from and until differ in granularity."))
        elif since.first > until.last:
            mistakes.append(BadArgument("from is later than until."))
    return since, until


def _bound(name: str, given: dict[str, str], mistakes: list[ProtocolError]) -> Bound | None:
    text = given.get(name)
    if text is None:
        return None
    bound = parse_datestamp(text)
    # strptime takes the seconds 60 and 61, XML Schema does not.
    if bound is None or not utc_datestamp(bound.first).startswith(text):
        mistakes.append(
            BadArgument(f"{name} is no UTC date of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ: {_quoted(text)}.")
        )
        return None
    return bound


def _unlawful(given: dict[str, str]) -> list[ProtocolError]:
    mistakes: list[ProtocolError] = []
    prefix, spec = given.get("metadataPrefix"), given.get("set")
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        mistakes.append(BadArgument(f"{_quoted(prefix)} cannot be a metadataPrefix."))
    if spec is not None and not _SPEC.fullmatch(spec):
        mistakes.append(BadArgument(f"{_quoted(spec)} cannot be a setSpec."))
    return mistakes


def _quoted(text: str) -> str:
    """A stranger's text for a sentence: short, and without what XML forbids."""
    text = gate(text)
    return f'"{text[:80]}…"' if len(text) > 80 else f'"{text}"'
