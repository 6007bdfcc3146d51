"""Tables of the documentation as tests read them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head and without code marks."""
    section = (ROOT / page).read_text(encoding="utf-8").split(f"# {heading}\n", 1)[1]
    section = re.split(r"\n#+ ", section, maxsplit=1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]
