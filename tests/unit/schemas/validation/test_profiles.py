"""The documentation of the profiles is the data they are."""

from __future__ import annotations

import pytest

from schemas.validation import profiles
from tests.support.documentation import table


@pytest.mark.parametrize("name", profiles.names())
def test_the_documentation_has_every_rule_with_its_source(name: str) -> None:
    written = [tuple(row) for row in table("docs/validation.md", f"Rules of {name}")]

    assert written == [
        (rule.id, rule.severity, rule.path or "-", rule.message, rule.source) for rule in profiles.get(name).rules
    ]


@pytest.mark.parametrize("name", profiles.names())
def test_every_rule_says_who_asks_for_it_in_a_sentence(name: str) -> None:
    for rule in profiles.get(name).rules:
        assert rule.source, rule.id
        assert rule.message.endswith("."), rule.id
