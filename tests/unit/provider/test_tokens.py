"""Resumption tokens: what was signed comes back, and nothing else does (oai-pmh.md, A7; reliability.md, tokens)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider import tokens
from provider.tokens import Token

SECRET = b"a secret"


def a_token(**given: object) -> Token:
    token = Token("ListRecords", "open", "oai_dc", "subject:mathematics", 5, 99, 7, 10, 12, 250, 100, "epoch1")
    return msgspec.structs.replace(token, **given)


texts = st.text(max_size=30)
numbers = st.integers(-1, 2**53)


@given(st.builds(Token, texts, texts, texts, texts, numbers, st.none() | numbers, *[numbers] * 5, texts))
def test_a_token_comes_back_as_it_was_written(token: Token) -> None:
    assert tokens.read(tokens.write(token, SECRET), [SECRET]) == token


def test_a_token_needs_no_encoding_anywhere() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.~-]+", tokens.write(a_token(spec="a:b" * 20), SECRET))


def test_a_token_is_short_enough_for_any_url() -> None:
    assert len(tokens.write(a_token(), SECRET)) < 250


def test_every_altered_character_makes_it_foreign() -> None:
    text = tokens.write(a_token(), SECRET)

    for place, character in enumerate(text):
        for other in "AQgwz09_-~. é":
            altered = text[:place] + other + text[place + 1 :]
            assert other == character or tokens.read(altered, [SECRET]) is None


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: t + "A", lambda t: t[1:], lambda t: t + "=", str.lower])
def test_a_token_cut_or_lengthened_is_foreign(spoil) -> None:  # type: ignore[no-untyped-def]
    assert tokens.read(spoil(tokens.write(a_token(), SECRET)), [SECRET]) is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert tokens.read(text, [SECRET]) is None


def test_a_huge_text_is_not_even_decoded() -> None:
    assert tokens.read("A" * 1_000_000, [SECRET]) is None


def test_after_a_rotation_old_tokens_are_good_until_their_key_goes() -> None:
    old = tokens.write(a_token(), b"old")

    assert tokens.read(old, [b"new", b"old"]) == a_token()
    assert tokens.read(old, [b"new"]) is None


def test_a_well_signed_array_of_another_shape_is_foreign() -> None:
    payload = msgspec.msgpack.encode(["ListRecords", 1])
    text = urlsafe_b64encode(payload + tokens._signature(payload, SECRET)).rstrip(b"=").decode()

    assert tokens.read(text, [SECRET]) is None
