"""The registry of beasts: what each does, and how a harvest of it must end (the words of keeper.End.told)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.zoo.provider import Provider

Then = Callable[[Any], object]


@dataclass(frozen=True)
class Beast:
    """A misbehaviour. `then`: what the beast does between runs, one run after each; `confirm`: of the last run."""

    name: str
    does: str
    make: Callable[[], Provider]
    ends: str
    then: tuple[Then, ...] = ()
    confirm: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    says: str = ""  # part of a note that must be there
    most_requests: int = 400

    def fits(self, told: str) -> bool:
        """Whether it ended so; a `*` stands for what may be counted more than once."""
        return fnmatchcase(told, self.ends)


BEASTS: dict[str, Beast] = {}
ALL = "complete: 25 created; 25 here"


def beast(does: str, ends: str = ALL, **more: Any) -> Callable[[type[Provider]], type[Provider]]:
    """Register a provider as a beast; its name is that of the class."""

    def register(made: type[Provider]) -> type[Provider]:
        name = "".join(f"_{char.lower()}" if char.isupper() else char for char in made.__name__).strip("_")
        assert name not in BEASTS
        BEASTS[name] = Beast(name, does, made, ends, **more)
        return made

    return register
