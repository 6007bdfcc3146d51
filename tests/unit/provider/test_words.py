"""The explorer's table of sentences holds what its templates say, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provider import words

_TEMPLATES = Path(words.__file__).parent / "templates" / "oai"
_SAID = re.compile(r"""_\(\s*(["'])(.*?)\1\s*[,)]""")
_VALUES = re.compile(r"%\((\w+)\)s")


def test_the_table_holds_every_sentence_of_the_templates_and_no_other() -> None:
    said = {match[2] for file in _TEMPLATES.glob("*.html") for match in _SAID.finditer(file.read_text())}

    assert said == set(words._SENTENCES)


@pytest.mark.parametrize("sentence", words._SENTENCES)
def test_a_translation_keeps_the_values_of_its_sentence(sentence: str) -> None:
    for text in words._SENTENCES[sentence]:
        assert text
        assert sorted(_VALUES.findall(text)) == sorted(_VALUES.findall(sentence))


def test_a_sentence_is_said_in_the_language_or_in_english() -> None:
    said = {
        language: words.speaker(language)("As of %(date)s", date="D") for language in ("nl", "fr", "de", "en", "eo")
    }

    assert said == {"nl": "Stand van D", "fr": "État du D", "de": "Stand vom D", "en": "As of D", "eo": "As of D"}
