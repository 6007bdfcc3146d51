"""Three repositories in processes of their own, and a fourth that follows the first one's event stream."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stress.chain import go
from tests.support.commands import outcomes

COUNT = 40

pytestmark = pytest.mark.slow


def test_what_comes_out_at_the_end_is_what_went_in(tmp_path: Path) -> None:
    runs = list(go(tmp_path, COUNT, ["ldes"]))

    assert [run.counts for run in runs[:4]] == [outcomes(created=COUNT)] * 2 + [outcomes(unchanged=COUNT)] * 2
    assert len(runs) == 8 + 2
