"""Beasts that spoil lists: tokens, pages, sizes, bounds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.zoo.beasts import beast
from tests.zoo.provider import Kept, Provider, Reply, kept, some


@beast("keeps to the protocol")
class Good(Provider):
    pass


@beast("gives everything on one page without a token", "complete: 25 created; 25 here")
@dataclass
class OnePage(Provider):
    page_size: int = 100


@beast("has nothing", "complete: nothing; 0 here")
@dataclass
class Empty(Provider):
    records: dict[str, Kept] = field(default_factory=dict)


@beast("repeats its first page for ever", "complete: 10 created, 30 unchanged; 10 here", says="nothing new")
class RepeatsAPage(Provider):
    def opened(self, token: str) -> tuple[int, str, str] | None:
        return 0, "", ""

    def size(self, verb: str, total: int) -> int:
        return 10


@beast("goes round in a circle of pages for ever", "complete: 25 created, 25 unchanged; 25 here", says="nothing new")
class GoesRound(Provider):
    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        return f"<resumptionToken>{(offset + self.page_size) % 30}||</resumptionToken>"


@beast("gives the same token on every page, and goes on all the same")
class SameToken(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        if arguments.get("resumptionToken") == "next":
            turn = sum("resumptionToken" in each for each in self.asked)
            arguments = arguments | {"resumptionToken": f"{10 * turn}||"}
        return super().answer(arguments)

    def closed(self, offset: int, since: str, until: str) -> str:
        return "next"


@beast("forgets a token once", "complete: 25 created; 25 here")
class ForgetsOnce(Provider):
    forgot = False

    def opened(self, token: str) -> tuple[int, str, str] | None:
        if not self.forgot:
            self.forgot = True
            return None
        return super().opened(token)


@beast("refuses every token", "complete: 25 created, 240 unchanged; 25 here", most_requests=200)
class RefusesTokens(Provider):
    def opened(self, token: str) -> tuple[int, str, str] | None:
        return None


@beast("answers tokens with HTTP 410", "complete: 25 created, 240 unchanged; 25 here", most_requests=200)
class GoneTokens(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(410, b"gone") if "resumptionToken" in arguments else super().answer(arguments)


@beast("gives a token with its last full page and does not know it any more", "complete: 20 created; 20 here")
@dataclass
class TokenAfterTheEnd(Provider):
    records: dict[str, Kept] = field(default_factory=lambda: some(20))

    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        return f'<resumptionToken completeListSize="{total}">{offset + 10}||</resumptionToken>'

    def opened(self, token: str) -> tuple[int, str, str] | None:
        found = super().opened(token)
        return found if found and found[0] < 20 else None


@beast("answers the token of its last full page with noRecordsMatch", "complete: 20 created; 20 here")
@dataclass
class NothingAfterTheEnd(Provider):
    records: dict[str, Kept] = field(default_factory=lambda: some(20))

    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        return f"<resumptionToken>{offset + 10}||</resumptionToken>"

    def page(self, verb: str, page: list[Kept], token: str) -> str:
        return super().page(verb, page, token) if page else self.error("noRecordsMatch")


@beast("puts spaces and signs into its tokens that must be encoded")
class WildTokens(Provider):
    def closed(self, offset: int, since: str, until: str) -> str:
        return f"{offset} & 50%+/=?#|{since}|{until}"

    def opened(self, token: str) -> tuple[int, str, str] | None:
        return super().opened(token.replace(" & 50%+/=?#", ""))


@beast("puts line breaks around its tokens")
class TokensOnLines(Provider):
    def closed(self, offset: int, since: str, until: str) -> str:
        return f"\n   {offset}|{since}|{until}\n"


@beast(
    "gives a token of 10,000 characters",
    "complete: 25 created; 25 here",
    most_requests=200,
)
class LongToken(Provider):
    def closed(self, offset: int, since: str, until: str) -> str:
        return "x" * 10_000


@beast("gives an empty page in the middle")
class EmptyPage(Provider):
    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        return super().token(verb, offset, since, until, total).replace(">20|", ">50|")

    def opened(self, token: str) -> tuple[int, str, str] | None:
        return super().opened(token)

    def page(self, verb: str, page: list[Kept], token: str) -> str:
        if not page:
            return f"<{verb}><resumptionToken>20||</resumptionToken></{verb}>"
        return super().page(verb, page, token)


@beast("leaves out deleted records, so that five of its pages are empty")
@dataclass
class FiveEmptyPages(Provider):
    page_size: int = 4

    def page(self, verb: str, page: list[Kept], token: str) -> str:
        return super().page(verb, [each for each in page if not each.identifier.startswith("oai:gone")], token)

    def chosen(self, since: str, until: str) -> list[Kept]:
        found = super().chosen(since, until)
        return [*found[:8], *(kept(n, identifier=f"oai:gone:{n}") for n in range(20)), *found[8:]]

    def size(self, verb: str, total: int) -> int:
        return total - 20


@beast("gives empty pages with tokens for ever", "complete: nothing; 0 here", says="nothing new")
class EmptyForEver(Provider):
    def page(self, verb: str, page: list[Kept], token: str) -> str:
        return f"<{verb}><resumptionToken>0||</resumptionToken></{verb}>"


@beast("leaves out a page that its list of identifiers has", "complete: 25 created; 25 here")
class DropsAPage(Provider):
    def page(self, verb: str, page: list[Kept], token: str) -> str:
        if verb == "ListRecords":
            page = [each for each in page if not 9 < int(each.identifier.rpartition(":")[2]) < 20]
        return super().page(verb, page, token)


def _change_and_drop(provider: Provider) -> None:
    """All is new, two are gone; and the last ten of the list do not come."""
    for n in range(25):
        name = f"oai:zoo:{n}"
        changed = replace(provider.records[name], datestamp=f"2026-11-25T12:30:{n:02d}Z", title=f"New {n}")
        provider.records[name] = replace(changed, deleted=True) if n in (3, 20) else changed


@beast(
    "leaves out a page of changes that its list of identifiers has",
    "complete: 23 updated, 2 deleted; 23 here",
    then=(_change_and_drop,),
)
class DropsChanges(Provider):
    def page(self, verb: str, page: list[Kept], token: str) -> str:
        if verb == "ListRecords":
            changed = [each for each in page if each.datestamp > "2026-11"]
            page = [each for each in page if each not in changed or int(each.identifier.rpartition(":")[2]) < 15]
        return super().page(verb, page, token)


@beast("says that there are 1,000 records and has 25", "complete: 25 created; 25 here")
class Boasts(Provider):
    def size(self, verb: str, total: int) -> int:
        return 1_000


@beast(
    "leaves out a page, and cannot list identifiers",
    "incomplete: 15 created; 15 here",
    says="could not be checked",
    most_requests=60,
)
class DropsAndHides(DropsAPage):
    def listed(self, verb: str, arguments: dict[str, str]) -> str:
        return self.error("badVerb") if verb == "ListIdentifiers" else super().listed(verb, arguments)


@beast("declares seconds and takes days only", "complete: 5 unchanged; 25 here", then=(lambda _: None,), says="in days")
@dataclass
class DaysOnly(Provider):
    now: str = "2026-03-03T12:00:00Z"

    def refused(self, since: str, until: str) -> str:
        return self.error("badArgument") if "T" in since + until else ""


@beast("declares days", "complete: 5 unchanged; 25 here", then=(lambda _: None,))
@dataclass
class Days(Provider):
    granularity: str = "YYYY-MM-DD"
    now: str = "2026-03-03T12:00:00Z"

    def refused(self, since: str, until: str) -> str:
        return self.error("badArgument") if "T" in since + until else ""


@beast("ignores from and until", "complete: 25 unchanged; 25 here", then=(lambda _: None,))
class IgnoresBounds(Provider):
    def chosen(self, since: str, until: str) -> list[Kept]:
        return super().chosen("", "")


@beast("has an old state of a record after its new one", "complete: 2 created, 1 unchanged; 2 here")
@dataclass
class TwoStates(Provider):
    records: dict[str, Kept] = field(
        default_factory=lambda: {
            "new": kept(1, datestamp="2026-03-03T00:00:00Z", title="New"),
            "old": kept(1, datestamp="2026-03-02T00:00:00Z", title="Old"),
            "other": kept(2),
        }
    )

    def chosen(self, since: str, until: str) -> list[Kept]:
        return list(self.records.values())


@beast("names every record twice", "complete: 25 created, 25 unchanged; 25 here")
class NamesTwice(Provider):
    def chosen(self, since: str, until: str) -> list[Kept]:
        return [each for each in super().chosen(since, until) for _ in range(2)]


def _restamp(provider: Provider) -> None:
    provider.records = {
        name: replace(each, datestamp="2026-11-25T12:30:00Z") for name, each in provider.records.items()
    }


@beast("stamps everything anew without a change", "complete: 25 unchanged; 25 here", then=(_restamp,))
class Restamps(Provider):
    pass


@beast("says nothing of when it answered", "complete: 25 unchanged; 25 here", then=(lambda _: None,))
class NoResponseDate(Provider):
    def document(self, arguments: dict[str, str]) -> str:
        return super().document(arguments).replace(f"<responseDate>{self.now}</responseDate>", "")


@beast("gives the time of its answers in words", "complete: 25 unchanged; 25 here", then=(lambda _: None,))
@dataclass
class TimeInWords(Provider):
    now: str = "the 25th of November"


@beast("has fractions in its datestamps", "complete: 25 created; 25 here")
@dataclass
class Fractions(Provider):
    records: dict[str, Kept] = field(
        default_factory=lambda: {n: replace(k, datestamp=k.datestamp[:-1] + ".123Z") for n, k in some().items()}
    )


@beast("does not know the set", "failed: nothing; 0 here", settings={"set": "maths"}, says="noSetHierarchy")
class NoSets(Provider):
    def listed(self, verb: str, arguments: dict[str, str]) -> str:
        return self.error("noSetHierarchy")


@beast("does not have the format", "failed: nothing; 0 here", says="cannotDisseminateFormat")
class NoFormat(Provider):
    def listed(self, verb: str, arguments: dict[str, str]) -> str:
        return self.error("cannotDisseminateFormat", "only marc21")
