"""Beasts that spoil bounds, sizes and clocks: exclusive until, too many records, times that are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.zoo.beasts import beast
from tests.zoo.gone import LATER
from tests.zoo.provider import Kept, Provider, Reply, kept, some


def _nothing(_: Provider) -> None:
    """Nothing happens between two runs."""


def _change(provider: Provider) -> None:
    provider.records["oai:zoo:3"] = kept(3, datestamp=LATER, title="New")


class _Narrow(Provider):
    """Refuses tokens, so that it can be listed only by narrow windows; records are a second apart."""

    def __post_init__(self) -> None:
        self.records = {
            name: replace(each, datestamp=f"2026-03-01T10:00:{n:02d}Z") for n, (name, each) in enumerate(some().items())
        }

    def opened(self, token: str) -> tuple[int, str, str] | None:
        return None


_WHOLE: dict[str, Any] = {"most_requests": 300}


@dataclass
class _Exclusive(_Narrow):
    until_is: bool = True
    from_is: bool = False

    def chosen(self, since: str, until: str) -> list[Kept]:
        found = super().chosen(since, until)
        found = [each for each in found if not (self.until_is and until and each.datestamp >= until)]
        return [each for each in found if not (self.from_is and since and each.datestamp <= since)]


@beast("takes until as exclusive, and refuses tokens", "complete: 25 created*; 25 here", **_WHOLE)
class ExclusiveUntil(_Exclusive):
    pass


@beast("takes from as exclusive, and refuses tokens", "complete: 25 created*; 25 here", **_WHOLE)
@dataclass
class ExclusiveFrom(_Exclusive):
    until_is: bool = False
    from_is: bool = True


@beast("takes from and until as exclusive, and refuses tokens", "complete: 25 created*; 25 here", **_WHOLE)
@dataclass
class ExclusiveBounds(_Exclusive):
    from_is: bool = True


@beast("takes until a day as its first second, and refuses tokens", "complete: 25 created*; 25 here", **_WHOLE)
@dataclass
class ExclusiveDay(_Narrow):
    granularity: str = "YYYY-MM-DD"

    def __post_init__(self) -> None:
        self.records = {
            f"oai:zoo:{n}": kept(n, datestamp=f"2026-03-{1 + n:02d}", identifier=f"oai:zoo:{n}") for n in range(25)
        }

    def chosen(self, since: str, until: str) -> list[Kept]:
        return [each for each in super().chosen(since, "") if not until or each.datestamp < until]


@dataclass
class _TooMany(Provider):
    """Refuses lists of more than ten."""

    def refusal(self) -> Reply:
        return Reply(413, b"too large")

    def answer(self, arguments: dict[str, str]) -> Reply:
        lists = arguments.get("verb") in ("ListRecords", "ListIdentifiers") and "resumptionToken" not in arguments
        if lists and len(self.chosen(arguments.get("from", ""), arguments.get("until", ""))) > 10:
            return self.refusal()
        return super().answer(arguments)


_PARTS: dict[str, Any] = {"most_requests": 200}


@beast("refuses more than ten records with HTTP 413", "complete: 25 created*; 25 here", **_PARTS)
class TooMany413(_TooMany):
    pass


@beast("refuses more than ten records with HTTP 400", "complete: 25 created*; 25 here", **_PARTS)
class TooMany400(_TooMany):
    def refusal(self) -> Reply:
        return Reply(400, b"<html>Bad Request</html>")


@beast("refuses more than ten records with HTTP 422", "complete: 25 created*; 25 here", **_PARTS)
class TooMany422(_TooMany):
    def refusal(self) -> Reply:
        return Reply(422, b"{}")


@beast("refuses more than ten records with HTTP 414", "complete: 25 created*; 25 here", **_PARTS)
class TooMany414(_TooMany):
    def refusal(self) -> Reply:
        return Reply(414)


@beast("refuses more than ten records as badArgument", "complete: 25 created*; 25 here", **_PARTS)
class TooManyAsBadArgument(_TooMany):
    code = "badArgument"

    def refusal(self) -> Reply:
        return Reply(body=self.encoded(self.document({"verb": "Refuse"})))

    def inside(self, arguments: dict[str, str]) -> str:
        refuses = arguments.get("verb") == "Refuse"
        return self.error(self.code, "too many records") if refuses else super().inside(arguments)


@beast("refuses more than ten records with an error of its own", "complete: 25 created*; 25 here", **_PARTS)
class TooManyAsOwnError(TooManyAsBadArgument):
    code = "tooManyRecords"


@beast("refuses more than ten records as badArgument, and keeps no deletions", "complete: 3 deleted; 22 here",
       then=(lambda provider: [provider.records.pop(f"oai:zoo:{n}") for n in (1, 2, 3)],),
       most_requests=300)  # fmt: skip
@dataclass
class TooManyAndForgets(TooManyAsBadArgument):
    deleted_record: str = "no"


@beast("refuses everything as badArgument", "failed: nothing; 0 here", says="badArgument", most_requests=120)
class RefusesAll(Provider):
    def listed(self, verb: str, arguments: dict[str, str]) -> str:
        return self.error("badArgument", "no")


@beast("refuses to be asked from before its earliestDatestamp", "complete: 1 updated*; 25 here", then=(_change,),
       says="earliestDatestamp")  # fmt: skip
class RefusesEarly(Provider):
    def __post_init__(self) -> None:
        self.now = "2026-02-28T00:00:00Z"

    def refused(self, since: str, until: str) -> str:
        return self.error("badArgument") if since and since < "2026-03-01T00:00:00Z" else ""


@beast("refuses every from", "complete: 1 updated*; 25 here", then=(_change,), says="everything")
class RefusesFrom(Provider):
    def refused(self, since: str, until: str) -> str:
        return self.error("badArgument") if since else ""


_CLOCKS = {
    "Local": ("2026-11-18T18:06:40Z", "marks its local time as UTC", "complete: 1 updated; 25 here", "ahead"),
    "Future": ("2099-01-01T00:00:00Z", "lives in 2099", "complete: 1 updated; 25 here", "ahead"),
    "YearOne": ("0001-01-01T00:00:00Z", "lives in the year 1", "complete: 1 updated, 24 unchanged; 25 here", "behind"),
    "LastYear": ("9999-12-31T23:59:59Z", "lives in 9999", "complete: 1 updated; 25 here", "ahead"),
    "LastYearWest": ("9999-12-31T23:59:59-12:00", "lives after 9999", "complete: 1 updated, 24 unchanged; 25 here", ""),
    "YearTenThousand": ("10000-01-01T00:00:00Z", "lives in 10000", "complete: 1 updated, 24 unchanged; 25 here", ""),
    "NoMonth": ("2026-13-45T99:99:99Z", "has dates that are none", "complete: 1 updated, 24 unchanged; 25 here", ""),
    "Epoch": ("1970-01-01T00:00:00Z", "lives in 1970", "complete: 1 updated, 24 unchanged; 25 here", "behind"),
    "Behind": ("2026-11-18T10:00:00Z", "is an hour late", "complete: 1 updated; 25 here", "behind"),
}
for _name, (_now, _does, _ends, _says) in _CLOCKS.items():

    def _made(self: Any, now: str = _now) -> None:
        self.now = now

    beast(_does, _ends, then=(_change,), says=_says)(type(f"{_name}Clock", (Provider,), {"__post_init__": _made}))


@beast("says that it began in the year 1", "complete: 25 created; 25 here")
class BeganEarly(Provider):
    def identify(self) -> str:
        return super().identify().replace("2026-03-01T00:00:00Z", "0001-01-01T00:00:00Z")


@beast("says that it begins in 9999, and refuses tokens", "complete: 25 created*; 25 here", most_requests=400)
class BeginsLate(_Narrow):
    def identify(self) -> str:
        return super().identify().replace("2026-03-01T00:00:00Z", "9999-12-31T23:59:59Z")
