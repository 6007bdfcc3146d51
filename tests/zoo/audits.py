"""Beasts that spoil what is deleted: lists that contradict themselves, deletions and records that come in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.zoo.beasts import beast
from tests.zoo.gone import LATER
from tests.zoo.provider import Kept, Provider, Reply, kept, some

KEPT = "incomplete: nothing; 25 here"


def _nothing(_: Provider) -> None:
    """Nothing happens between two runs."""


def _lose(*numbers: int) -> Callable[[Any], None]:
    def then(provider: Provider) -> None:
        for n in numbers:
            provider.records.pop(f"oai:zoo:{n}", None)

    return then


@dataclass
class _Forgetful(Provider):
    """Keeps no deletions, so that what it lists is compared; its first harvest is whole."""

    deleted_record: str = "no"
    spoilt: bool = False

    def spoil(self) -> None:
        self.spoilt = True


def _spoil(*numbers: int) -> Callable[[Any], None]:
    def then(provider: _Forgetful) -> None:
        provider.spoil()
        _lose(*numbers)(provider)

    return then


@dataclass
class _Short(_Forgetful):
    """Its list of identifiers is spoilt, its records are not."""

    def answer(self, arguments: dict[str, str]) -> Reply:
        if self.spoilt and arguments.get("verb") == "ListIdentifiers":
            arguments = self.asked_instead(arguments)
        return super().answer(arguments)

    def asked_instead(self, arguments: dict[str, str]) -> dict[str, str]:
        return arguments


@beast("gives the first page of identifiers for ever", KEPT, then=(_spoil(),), says="nothing was deleted")
class FirstPageForEver(_Short):
    def asked_instead(self, arguments: dict[str, str]) -> dict[str, str]:
        return {"verb": "ListIdentifiers", "metadataPrefix": "lom"} if "resumptionToken" in arguments else arguments


@beast("gives the first page of identifiers for ever, one record being gone", KEPT, then=(_spoil(12),), says="there")
class FirstPageForEverAndOneGone(FirstPageForEver):
    pass


@dataclass
class _Cut(_Forgetful):
    """Ends its list of identifiers after some; `said`: what it says of its size."""

    after: int = 20
    said: int | None = 24

    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        if not self.spoilt or verb != "ListIdentifiers":
            return super().token(verb, offset, since, until, total)
        size = "" if self.said is None else f' completeListSize="{self.said}"'
        after = offset + self.page_size
        return f"<resumptionToken{size}>{'' if after >= self.after else f'{after}|{since}|{until}'}</resumptionToken>"


@beast("ends its identifiers after 20 of 24", KEPT, then=(_spoil(24),), says="said that there are 24")
class EndsAfterTwenty(_Cut):
    pass


@beast("ends its identifiers after 20 and says nothing of their number", KEPT, then=(_spoil(),), says="of its size")
@dataclass
class EndsAfterTwentyInSilence(_Cut):
    said: int | None = None


@beast("ends its identifiers after 20 and says that there are 20", "complete: nothing; 25 here", then=(_spoil(),),
       says="it is kept")  # fmt: skip
@dataclass
class EndsAfterTwentyAndSaysSo(_Cut):
    said: int | None = 20


@beast("has an empty second page of identifiers", KEPT, then=(_spoil(),), says="nothing was deleted")
class EmptySecondPage(_Short):
    def page(self, verb: str, page: list[Kept], token: str) -> str:
        if self.spoilt and verb == "ListIdentifiers" and self.asked[-1].get("resumptionToken"):
            return f"<{verb}/>"
        return super().page(verb, page, token)


@beast("has pages of identifiers without identifiers", "incomplete: nothing; 25 here", then=(_spoil(),),
       says="without an identifier")  # fmt: skip
class NamelessHeaders(_Forgetful):
    def header(self, each: Kept) -> str:
        found = super().header(each)
        hides = (
            self.spoilt
            and self.asked[-1]["verb"] == "ListIdentifiers"
            and each.identifier in ("oai:zoo:21", "oai:zoo:22")
        )
        return found.replace(f"<identifier>{each.identifier}</identifier>", "") if hides else found


@beast("is always a page short, in both lists", "incomplete: 25 created; 25 here", says="nothing was deleted")
@dataclass
class AlwaysAPageShort(_Forgetful):
    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        found = super().token(verb, offset, since, until, total)
        last = offset + 2 * self.page_size >= total
        return f'<resumptionToken completeListSize="{total}"/>' if last and total > self.page_size else found


@beast("is always a page short, in both lists, and loses three", "incomplete: 20 unchanged; 25 here",
       then=(_lose(1, 2, 3),), says="nothing was deleted")  # fmt: skip
class AlwaysAPageShortAndLoses(AlwaysAPageShort):
    pass


@beast("says that there are 1,000 and keeps no deletions", "complete: nothing; 25 here", then=(_nothing,))
class BoastsAndForgets(_Forgetful):
    def size(self, verb: str, total: int) -> int:
        return 1_000


@beast("says that there are 1,000, and loses three", "complete: 3 deleted; 22 here", then=(_lose(1, 2, 3),))
class BoastsAndLoses(BoastsAndForgets):
    pass


@beast("says one more than there are, and loses three", "complete: 3 deleted; 22 here", then=(_lose(1, 2, 3),))
class OneTooMany(_Forgetful):
    def size(self, verb: str, total: int) -> int:
        return total + 1


@beast("counts every page anew, and loses three", "complete: 3 deleted; 22 here", then=(_lose(1, 2, 3),))
class CountsPages(_Forgetful):
    def size(self, verb: str, total: int) -> int:
        return 10


@beast("says nothing of sizes, and loses three", "complete: 3 deleted; 22 here", then=(_lose(1, 2, 3),))
class NoSizes(_Forgetful):
    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        found = super().token(verb, offset, since, until, total)
        return found.replace(f' completeListSize="{total}"', "")


@beast("boasts, and GetRecord knows nothing", "incomplete: nothing; 25 here", then=(_lose(1, 2, 3),), says="GetRecord")
class BoastsAndKnowsNothing(BoastsAndForgets):
    def inside(self, arguments: dict[str, str]) -> str:
        knows = arguments.get("verb") != "GetRecord"
        return super().inside(arguments) if knows else self.error("idDoesNotExist")


@beast("boasts, and GetRecord gives another record", "incomplete: nothing; 25 here", then=(_lose(1, 2, 3),),
       says="GetRecord")  # fmt: skip
class BoastsAndGivesAnother(BoastsAndForgets):
    def inside(self, arguments: dict[str, str]) -> str:
        if arguments.get("verb") == "GetRecord":
            return f"<GetRecord>{self.record(kept(99))}</GetRecord>"
        return super().inside(arguments)


@beast("boasts, and cannot give one of three that it lost", "incomplete: 2 deleted; 23 here", then=(_lose(1, 2, 3),),
       says="could not be asked for")  # fmt: skip
class BoastsAndCannotSay(BoastsAndForgets):
    def inside(self, arguments: dict[str, str]) -> str:
        if arguments.get("identifier") == "oai:zoo:2" and "oai:zoo:2" not in self.records:
            return self.error("badArgument", "no")
        return super().inside(arguments)


def _back(provider: _Forgetful) -> None:
    for n in (1, 2, 3):
        provider.records[f"oai:zoo:{n}"] = kept(n)


@beast("lists again what it had lost, with the old datestamps", "complete: 3 updated; 25 here",
       then=(_lose(1, 2, 3), _back))  # fmt: skip
class ListsAgain(_Forgetful):
    pass


@beast("deletes by header and lists it again with its old datestamp", "complete: 3 updated; 25 here",
       then=(lambda provider: [
           provider.records.update({f"oai:zoo:{n}": kept(n, deleted=True, datestamp=LATER)}) for n in (1, 2, 3)
       ], _back))  # fmt: skip
class ListsAgainWhatItDeleted(_Forgetful):
    pass


@dataclass
class _Twice(Provider):
    """One record under two headers, in the order and with the datestamps given; 24 others."""

    first: Kept = field(default_factory=lambda: kept(13))
    second: Kept = field(default_factory=lambda: kept(13))
    apart: bool = False

    def chosen(self, since: str, until: str) -> list[Kept]:
        others = [each for each in some().values() if each.identifier != "oai:zoo:13"]
        both = [self.first, *others, self.second] if self.apart else [self.first, self.second, *others]
        return [each for each in both if each.datestamp >= since]


_DEAD_OLD = kept(13, deleted=True, datestamp="2026-11-20T10:00:00Z")
_LIVE_OLD = replace(_DEAD_OLD, deleted=False)
_DEAD_NEW = replace(_DEAD_OLD, datestamp="2026-11-20T11:00:00Z")
_LIVE_NEW = replace(_DEAD_NEW, deleted=False)
_LIVE = "complete: 2 unchanged; 25 here"
_GONE = "complete: 2 unchanged; 24 here"
_ORDERS = {
    "DeletedThenNewerLive": (_DEAD_OLD, _LIVE_NEW, _LIVE, "an old deletion before a newer live record"),
    "LiveThenOlderDeleted": (_LIVE_NEW, _DEAD_OLD, _LIVE, "an old deletion after a newer live record"),
    "DeletedThenLiveAtOnce": (_DEAD_OLD, _LIVE_OLD, _LIVE, "a deletion before a live record of the same second"),
    "LiveThenDeletedAtOnce": (_LIVE_OLD, _DEAD_OLD, _LIVE, "a deletion after a live record of the same second"),
    "LiveThenNewerDeleted": (_LIVE_OLD, _DEAD_NEW, _GONE, "a newer deletion after a live record"),
    "DeletedThenOlderLive": (_DEAD_NEW, _LIVE_OLD, _GONE, "a newer deletion before a live record"),
}
for _name, (_first, _second, _ends, _does) in _ORDERS.items():
    for _apart in (False, True):

        def _made(self: Any, first: Kept = _first, second: Kept = _second, apart: bool = _apart) -> None:
            self.first, self.second, self.apart = first, second, apart

        _kind = type(f"{_name}{'Apart' * _apart}", (_Twice,), {"__post_init__": _made})
        _does_it = f"lists {_does}{', two pages further on' * _apart}"
        beast(_does_it, _ends, then=(_nothing, _nothing))(_kind)


def _rename(provider: _Forgetful) -> None:
    provider.records["oai:zoo:13"] = kept(13, datestamp=LATER)
    provider.spoilt = True


@beast("has a record without an identifier in its header, and keeps no deletions",
       "complete: 1 rejected; 25 here; held: 1 no_identity", then=(_rename,))  # fmt: skip
class LosesItsName(_Forgetful):
    def header(self, each: Kept) -> str:
        found = super().header(each)
        nameless = self.spoilt and each.identifier == "oai:zoo:13" and self.asked[-1]["verb"] == "ListRecords"
        return found.replace("<identifier>oai:zoo:13</identifier>", "<identifier> </identifier>") if nameless else found
