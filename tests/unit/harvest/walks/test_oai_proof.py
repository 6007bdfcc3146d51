"""The proof at the end of an audit: GetRecord decides what is gone, and what it cannot decide stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from harvest.walks.oai import audit, proof
from harvest.walks.oai.answers import Word
from harvest.walks.oai.cursor import Cursor
from harvest.walks.oai.page import Header
from harvest.walks.walk import Around, Ended, Step, Unnamed, ended
from harvest.walks.windows import Window
from repository.config.sections import HarvestSource
from schemas.formats.format import Delivery


@dataclass
class Says:
    """A provider that answers GetRecord so; `asked` are the identifiers."""

    words: dict[str, Word]
    asked: list[str] = field(default_factory=list)

    def word(self, prefix: str, header: Header) -> Word:
        self.asked.append(header.identifier)
        return self.words.get(header.identifier, Word("nothing", why="HTTP 500"))


def there(*sets: str) -> Word:
    return Word("there", (Delivery(place="GetRecord", format="oai-pmh", identifier="x", sets=sets),))


GONE = Word("gone")
WITNESS = {"oai:w": there()}


def _around(*lost: str, named: tuple[str, ...] = ("oai:w",), braked: bool = False, spec: str = "") -> Around:
    rows = [Unnamed(n, each, each) for n, each in enumerate(lost, 1)]
    return _Around(
        source=HarvestSource("klas", "http://klas.example/oai", set=spec),
        unnamed=lambda after: [each for each in rows if each.number > after],
        is_braked=lambda: braked,
        named=lambda: named,
    )


def _Around(**fields: Any) -> Around:  # noqa: N802
    return Around(**(dict.fromkeys(Around._fields) | fields))  # type: ignore[arg-type]


def _prove(says: Says, around: Around, **fields: object) -> Step:
    at = Cursor(**({"prefix": "lom", "windows": (Window(),), "phase": "lost", "audit": True} | fields))  # type: ignore[arg-type]
    return proof.prove(at, around, says)  # type: ignore[arg-type]


def _end(step: Step) -> Ended:
    found = ended(step.cursor)
    assert found is not None
    return found


def test_what_the_provider_does_not_know_is_gone() -> None:
    step = _prove(Says(WITNESS | {"oai:1": GONE, "oai:2": GONE}), _around("oai:1", "oai:2"))

    assert step.gone == ("oai:1", "oai:2")
    assert ended(step.cursor) is None


def test_when_all_was_asked_for_the_walk_ends_and_nothing_is_believed_beside() -> None:
    end = _end(_prove(Says({}), _around()))

    assert (end.audited, end.missing) == (False, ())


def test_what_is_there_is_kept_and_told_where_the_list_came_out_as_it_said() -> None:
    step = _prove(Says(WITNESS | {"oai:1": there(), "oai:2": GONE}), _around("oai:1", "oai:2"))

    assert step.gone == ("oai:2",)
    assert "oai:1 is in no list any more and is there all the same" in step.notes[0]


@pytest.mark.parametrize("why", [{"doubt": "was ended here because it went round"}, {"vague": True}])
def test_one_record_that_is_there_withdraws_what_a_doubted_list_proved(why: dict[str, object]) -> None:
    says = Says(WITNESS | {"oai:1": GONE, "oai:2": there(), "oai:3": GONE})

    step = _prove(says, _around("oai:1", "oai:2", "oai:3"), **why)

    assert (step.gone, step.withdraws, _end(step).audited) == ((), True, False)
    assert "oai:2 is there all the same" in _end(step).missing[0]
    assert "oai:3" not in says.asked


def test_what_cannot_be_asked_for_stays_and_is_missing() -> None:
    step = _prove(Says(WITNESS | {"oai:2": GONE}), _around("oai:1", "oai:2"))
    at = msgspec.json.decode(step.cursor, type=Cursor)

    assert step.gone == ("oai:2",)
    assert "oai:1 is in no list any more, and could not be asked for: HTTP 500" in at.missing[0]


def test_a_doubted_list_deletes_nothing_where_get_record_knows_nothing() -> None:
    """It denies a record that the list names, so that its denial of another is no proof."""
    step = _prove(Says({"oai:w": GONE, "oai:1": GONE}), _around("oai:1"), doubt="said more than came")

    assert (step.gone, step.withdraws, _end(step).audited) == ((), True, False)
    assert "GetRecord does not give oai:w" in _end(step).missing[0]


def test_a_list_without_doubt_is_believed_where_get_record_knows_nothing() -> None:
    step = _prove(Says({"oai:w": GONE}), _around("oai:1"))

    assert (step.gone, _end(step).audited) == ((), True)


def test_a_second_witness_is_heard_where_the_first_is_gone_meanwhile() -> None:
    around = _around("oai:1", named=("oai:v", "oai:w"))

    assert _prove(Says(WITNESS | {"oai:v": GONE, "oai:1": GONE}), around).gone == ("oai:1",)


def test_so_many_that_a_person_must_look_are_not_asked_for() -> None:
    says = Says(WITNESS)

    step = _prove(says, _around("oai:1", braked=True))

    assert _end(step).audited
    assert says.asked == []


def test_so_many_by_a_doubted_list_are_asked_for_before_a_person_looks() -> None:
    says = Says(WITNESS | {"oai:1": there()})

    step = _prove(says, _around("oai:1", braked=True), doubt="ended in an empty page")

    assert (step.gone, _end(step).audited) == ((), False)


@pytest.mark.parametrize(("sets", "gone"), [(("b",), ("oai:1",)), (("a",), ()), (("a:b",), ()), (("ab",), ("oai:1",))])
def test_a_record_that_left_the_set_is_gone_from_this_source(sets: tuple[str, ...], gone: tuple[str, ...]) -> None:
    says = Says({"oai:w": there("a"), "oai:1": there(*sets)})

    assert _prove(says, _around("oai:1", spec="a")).gone == gone


def test_sets_say_nothing_where_the_provider_does_not_name_them() -> None:
    says = Says({"oai:w": there(), "oai:1": there("b")})

    assert _prove(says, _around("oai:1", spec="a")).gone == ()


def test_a_run_asks_for_so_many_and_leaves_the_rest_to_the_next() -> None:
    step = _prove(Says(WITNESS), _around("oai:1"), proven=audit.MOST_PROVEN)

    assert "the next run goes on" in _end(step).missing[0]
