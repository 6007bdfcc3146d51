"""Where the real data and schemas lie beside a developer's checkout; tests skip when they are not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("OERBRON_SHARED") or Path(__file__).resolve().parents[3] / "shared")

needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="the shared real records are not beside this checkout (../shared)"
)
