"""What may be done with a resource, in plain words: copy, adapt, name the makers, sell. Pure.

The words follow from the family of the licence alone (Creative Commons' deeds and rightsstatements.org are the source
of what each grants). Where nothing is known, nothing may be assumed, and that is what stands there.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from portal.web.i18n import later
from schemas.licence import Licence


class Grant(NamedTuple):
    """A sentence with its icon; `allowed` is True, False, or None for what goes with a condition or is a duty."""

    icon: str
    sentence: str
    allowed: bool | None


_COPY: Final = Grant("copy", later("You may copy it and pass it on."), True)
_ADAPT: Final = Grant("scissors", later("You may adapt it."), True)
_ALIKE: Final = Grant("scissors", later("You may adapt it, if you share the result in the same way."), None)
_AS_IT_IS: Final = Grant("scissors", later("You may not pass on an adapted version."), False)
_NAME: Final = Grant("user-round", later("Name the makers and the licence."), None)
_NO_NAME: Final = Grant("user-round", later("You need not name the makers, though it is kind to do so."), None)
_SELL: Final = Grant("badge-euro", later("You may also use it to earn money, so it may be sold."), True)
_NO_SELLING: Final = Grant("badge-euro", later("You may not sell it or use it to earn money."), False)
_ASK_COPY: Final = Grant(
    "copy", later("Copying and passing on: only as far as the law allows, else ask the makers."), False
)
_ASK_ADAPT: Final = Grant("scissors", later("Adapting: ask the makers first."), False)
_ASK_SELL: Final = Grant("badge-euro", later("Selling: ask the makers first."), False)
_UNKNOWN: Final = Grant(
    "circle-alert",
    later("Nobody can say for sure who has rights in this: ask before you copy, adapt or sell it."),
    None,
)
_TERMS: Final = Grant(
    "circle-alert", later("Its terms are its own: read them before you copy, adapt or sell it."), None
)
_NONE: Final = Grant(
    "circle-alert", later("No licence is stated: ask the makers before you copy, adapt or sell it."), None
)
_EDUCATION: Final = Grant("copy", later("You may copy and use it for teaching."), None)
_NO_PROFIT: Final = Grant("copy", later("You may copy and use it as long as you do not earn money with it."), None)
_ELSEWHERE: Final = Grant("circle-alert", later("Free in some countries only: look up how it stands in yours."), None)

_ASK: Final = (_ASK_COPY, _ASK_ADAPT, _ASK_SELL)
GRANTS: Final[dict[str, tuple[Grant, ...]]] = {
    "by": (_COPY, _ADAPT, _NAME, _SELL),
    "by-sa": (_COPY, _ALIKE, _NAME, _SELL),
    "by-nd": (_COPY, _AS_IT_IS, _NAME, _SELL),
    "by-nc": (_COPY, _ADAPT, _NAME, _NO_SELLING),
    "by-nc-sa": (_COPY, _ALIKE, _NAME, _NO_SELLING),
    "by-nc-nd": (_COPY, _AS_IT_IS, _NAME, _NO_SELLING),
    **dict.fromkeys(("zero", "mark", "publicdomain"), (_COPY, _ADAPT, _NO_NAME, _SELL)),
    **dict.fromkeys(("mit", "apache", "bsd"), (_COPY, _ADAPT, _NAME, _SELL)),
    **dict.fromkeys(("gpl", "agpl", "lgpl", "fdl", "mpl"), (_COPY, _ALIKE, _NAME, _SELL)),
    **dict.fromkeys(("InC", "InC-OW-EU", "InC-RUU"), _ASK),
    "InC-EDU": (_EDUCATION, _ASK_ADAPT, _ASK_SELL),
    "InC-NC": (_NO_PROFIT, _ASK_ADAPT, _NO_SELLING),
    "NoC-NC": (_NO_PROFIT, _ASK_ADAPT, _NO_SELLING),
    "NoC-US": (_ELSEWHERE,),
    **dict.fromkeys(("NoC-CR", "NoC-OKLR"), (_TERMS,)),
    **dict.fromkeys(("CNE", "UND", "NKC"), (_UNKNOWN,)),
}
"""By family of `schemas.licence.Licence`; a test holds the table complete."""


def grants(licence: Licence | None) -> tuple[Grant, ...]:
    """What a licence allows, demands and forbids; of what is not known, that nothing may be assumed."""
    if licence is None:
        return (_NONE,)
    return GRANTS.get(licence.family, (_TERMS,) if licence.statement else (_NONE,))


def letters(licence: Licence | None, name: str) -> str:
    """The letters of a licence as an attribution has them (`CC BY-NC-SA 4.0`), from its name; empty without any."""
    return name.partition(" (")[0] if licence is not None and licence.uri else ""
