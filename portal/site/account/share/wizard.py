"""The licence wizard: three questions, one licence and one sentence; where somebody else has rights, advice. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from portal.web.i18n import later

_CC: Final = "https://creativecommons.org/licenses/{}/4.0/"
QUESTIONS: Final = (
    ("own", later("Did you make all of it yourself?"),
     (("yes", later("Yes")), ("no", later("No, there are pictures or texts of others in it")))),
    ("change", later("May others change it?"),
     (("yes", later("Yes")), ("alike", later("Yes, if they share the result in the same way")), ("no", later("No")))),
    ("sell", later("May others earn money with it?"), (("yes", later("Yes")), ("no", later("No")))),
)  # fmt: skip
ADVICE: Final = later(
    "First look what the others allow: a licence can only be given for what is yours. Pictures under an open licence"
    " may stay if you name them; for others ask, or leave them out. Until then choose “All rights reserved”."
)


class Advised(NamedTuple):
    """A licence, or none and the advice."""

    licence: str
    advice: str = ""


def advise(own: str, change: str, sell: str) -> Advised | None:
    """What follows from the answers; None while one is missing. Nothing is guessed for what somebody else made."""
    if own == "no":
        return Advised("", ADVICE)
    if own != "yes" or change not in ("yes", "alike", "no") or sell not in ("yes", "no"):
        return None
    parts = ["by", *(["nc"] if sell == "no" else []), *{"yes": [], "alike": ["sa"], "no": ["nd"]}[change]]
    return Advised(_CC.format("-".join(parts)))
