"""Resumption tokens under attack and over time: signed, bound to their list, alive through restarts and rotations."""

from __future__ import annotations

import string
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from werkzeug.test import Client

from provider import tokens
from provider.lists import ENDLESS_S
from repository.published import snapshot
from tests.conformance.oai_site import Stage, licensed
from tests.conformance.oai_walk import ask, judged

ALPHABET = string.ascii_letters + string.digits + "-_.~=+/%"


@pytest.fixture
def filled(stage: Stage) -> Stage:
    stage.publish(*(licensed(f"Titel {n}") for n in range(10)))
    return stage


def a_token(stage: Stage) -> str:
    return ask(stage.app, verb="ListRecords", metadataPrefix="oai_dc").token or ""


def errors(stage: Stage, token: str) -> list[str]:
    return ask(stage.app, verb="ListRecords", resumptionToken=token).errors


def test_a_token_with_any_character_changed_is_bad(filled: Stage) -> None:
    token = a_token(filled)

    for place, character in enumerate(token):
        other = ALPHABET[(ALPHABET.index(character) + 1) % len(ALPHABET)]
        assert errors(filled, token[:place] + other + token[place + 1 :]) == ["badResumptionToken"], place


def test_a_token_with_any_byte_flipped_is_bad(filled: Stage) -> None:
    token = a_token(filled).encode()
    client = Client(filled.app)

    for place in range(len(token)):
        for bit in (0, 3, 7):
            flipped = bytearray(token)
            flipped[place] ^= 1 << bit
            query = "".join(f"%{byte:02X}" for byte in flipped)
            page = judged(client.get(f"/oai?verb=ListRecords&resumptionToken={query}"))
            assert set(page.errors) <= {"badResumptionToken", "badArgument"}, (place, bit)
            assert page.errors


@pytest.mark.parametrize("made_up", ["", "A", "A" * 100_000, "é", ".", "~", "null", "0"])
def test_what_is_no_token_is_bad(filled: Stage, made_up: str) -> None:
    token = a_token(filled)

    for text_ in (made_up or token[:-1], token[1:] + made_up, token + (made_up or token), token.swapcase()):
        assert errors(filled, text_) == ["badResumptionToken"]


def test_a_token_that_somebody_else_signed_is_bad(filled: Stage) -> None:
    token = tokens.read(a_token(filled), filled.site.secrets)
    assert token is not None

    assert errors(filled, tokens.write(token, b"guessed")) == ["badResumptionToken"]
    assert errors(filled, tokens.write(token, filled.site.secret)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"prefix": "marc"}, ["badResumptionToken"]),
        ({"spec": "nope"}, ["badResumptionToken"]),
        ({"epoch": "other"}, ["badResumptionToken"]),
        ({"context": "other"}, ["badResumptionToken"]),
        ({"after": 1 << 60}, []),  # all moved on: the last one again
        ({"after": -5, "since": -9}, []),
    ],
)
def test_a_token_signed_by_us_for_what_is_no_more_breaks_nothing(
    filled: Stage, change: dict[str, object], expected: list[str]
) -> None:
    """A configuration changes while somebody pages: what was right once is refused, never an error of the server."""
    token = tokens.read(a_token(filled), filled.site.secrets)
    assert token is not None

    assert errors(filled, tokens.write(msgspec.structs.replace(token, **change), filled.site.secret)) == expected


def test_a_token_lives_through_a_restart(filled: Stage) -> None:
    token = a_token(filled)

    assert errors(filled.restarted(), token) == []


def test_a_token_lives_through_a_rotation_of_keys(filled: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    old = a_token(filled)
    monkeypatch.setenv("OERBRON_SECRET", "a new secret")
    rotated = filled.restarted()
    new = a_token(rotated)
    monkeypatch.delenv("OERBRON_SECRET")

    assert errors(rotated, old) == []
    assert errors(rotated, new) == []
    assert errors(filled, new) == ["badResumptionToken"]


def test_a_key_is_retired_by_taking_it_from_the_database(filled: Stage, tmp_path: Path) -> None:
    old = a_token(filled)
    with filled.site.database.write() as connection:
        stored = connection.execute(text("SELECT value FROM setting WHERE key = 'secret'")).scalar_one()
        both = f"{'ab' * 32} {stored}"
        connection.execute(text("UPDATE setting SET value = :v WHERE key = 'secret'"), {"v": both})
    rotated = filled.restarted()
    assert errors(rotated, old) == []
    with filled.site.database.write() as connection:
        connection.execute(text("UPDATE setting SET value = :v WHERE key = 'secret'"), {"v": "ab" * 32})

    assert errors(filled.restarted(), old) == ["badResumptionToken"]


def test_a_replica_that_lags_behind_a_token_sends_away(filled: Stage) -> None:
    token = tokens.read(a_token(filled), filled.site.secrets)
    assert token is not None
    ahead = tokens.write(msgspec.structs.replace(token, w=token.w + 100), filled.site.secret)

    answer = Client(filled.app).get(f"/oai?verb=ListRecords&resumptionToken={ahead}")

    assert answer.status_code == 503
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_token_older_than_six_hours_ends_where_its_list_began(filled: Stage) -> None:
    token = a_token(filled)
    with snapshot(filled.site.database) as line:
        began = line.w
    filled.clock.pass_(ENDLESS_S + 4)
    filled.publish(licensed("Later"))

    page, found = ask(filled.app, verb="ListRecords", resumptionToken=token), 0
    while page.token:
        found += len(page.headers)
        page = ask(filled.app, verb="ListRecords", resumptionToken=page.token)

    assert found + len(page.headers) == 7
    assert tokens.read(token, filled.site.secrets).started == began  # type: ignore[union-attr]
