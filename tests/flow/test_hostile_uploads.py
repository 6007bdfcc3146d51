"""Files that are sent to harm, over the API: each is a batch with its rejects, and the next one is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stress.hostile_sheets import Chance, _cell, a_book, lying_strings, many_far_cells
from tests.support.api import Api, body_of


@pytest.mark.parametrize(
    "book",
    [
        a_book(_cell("A1", "title") + _cell("XFD1048576", "far")),
        lying_strings(Chance(1)),
        many_far_cells(Chance(5)),
    ],
)
def test_a_workbook_that_is_no_table_is_one_reject(tmp_path: Path, book: bytes) -> None:
    curator = Api(tmp_path).person("curator")

    for _ in range(2):
        answer = curator.post("/api/v1/imports", data=book, content_type="application/octet-stream")

        assert answer.status_code == 201, answer.text
        assert [row["outcome"] for row in body_of(answer)["rows"]] == ["rejected"]
