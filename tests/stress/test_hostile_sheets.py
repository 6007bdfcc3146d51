"""A thousand tables made to harm: each ends in its rows or in a reject, within 256 MB, and the next one is read.

How many, and from which seed: OERBRON_TEST_SHEETS (default 100) and OERBRON_TEST_SEED (default 13).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from tests.stress import hostile_sheets
from tests.stress.hostile_sheets import Chance

SEED = int(os.environ.get("OERBRON_TEST_SEED", "13"))
COUNT = int(os.environ.get("OERBRON_TEST_SHEETS", "100"))
MOST_MB = 256
MOST_CPU_S = 40  # of a workbook's child, and of what reads its rows
_READER = """
import os, resource, sys
from pathlib import Path
import msgspec
from portal.commands.find_files import Walk, Wishes, deliveries
from schemas.vocabularies.vocabularies import shipped

for found in Walk([Path(sys.argv[1])]):
    begun, rows, codes = sum(os.times()[:4]), 0, []
    for one in deliveries(found, Wishes(), shipped()):
        rows += one.reading is not None
        codes += [problem.code for problem in one.problems] if one.reading is None else []
    own = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    peaks = own // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    told = (found.path.name, rows, codes, round(sum(os.times()[:4]) - begun, 2), *peaks)
    print(msgspec.json.encode(told).decode(), flush=True)
"""


class Told(msgspec.Struct, array_like=True):
    """What became of one file: its records, the codes of its rejects, its seconds of CPU and the peaks of memory."""

    name: str
    rows: int
    codes: list[str]
    cpu_s: float
    own_mb: int
    child_mb: int


@pytest.mark.slow
def test_each_of_a_thousand_hostile_tables_is_a_reject_or_its_rows(tmp_path: Path) -> None:
    for name, data in hostile_sheets.sheets(SEED, COUNT):
        (tmp_path / name).write_bytes(data)

    told = _read(tmp_path)

    assert len(told) == COUNT
    assert [one.name for one in told if not one.rows and not one.codes] == []
    assert [one.name for one in told if "internal" in one.codes] == []
    assert max(one.own_mb for one in told) <= MOST_MB
    assert max(one.child_mb for one in told) <= MOST_MB
    assert max(one.cpu_s for one in told) <= MOST_CPU_S
    gave = sum(bool(one.rows) for one in told)
    peaks = f"peak {told[-1].own_mb} MB here, {told[-1].child_mb} MB in the child"
    sys.stdout.write(f"\n{COUNT} tables, seed {SEED}: {gave} gave rows, the others a reject; {peaks}\n")


def _read(folder: Path) -> list[Told]:
    command = [sys.executable, "-c", _READER, str(folder)]
    # What a process took before it became another program counts as the other's for rusage, so it reads its own status.
    done = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    return [msgspec.json.decode(line, type=Told) for line in done.stdout.splitlines()]


def _codes(data: bytes) -> list[str]:
    return [problem.code for one in _deliveries(data) for problem in one.problems if one.reading is None]


def _deliveries(data: bytes) -> list[Delivery]:
    return list(incoming.deliveries(data, incoming.Incoming("a table")))


def test_two_cells_in_the_far_corners_are_a_reject() -> None:
    cells = hostile_sheets._cell("A1", "title") + hostile_sheets._cell("XFD1048576", "far")

    assert _codes(hostile_sheets.a_book(cells)) == ["too_large"]


def _marked(tags: str, links: int = 0) -> bytes:
    """A table of one record, with tags behind its cells and relations of so many links."""
    kind = "http://schemas.openxmlformats.org/package/2006/relationships"
    listed = "".join(
        f'<Relationship Id="rId{n}" Target="https://example.org/{n}" TargetMode="External"/>' for n in range(links)
    )
    more = {"xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{kind}">{listed}</Relationships>'.encode()}
    rows = "".join(
        f'<row r="{n}">{hostile_sheets._cell(f"A{n}", text)}</row>' for n, text in ((1, "title"), (2, "Breuken"))
    )
    return hostile_sheets.a_book(rows, whole_rows=True, after=tags, more=more)


@pytest.mark.parametrize(
    ("tags", "links", "codes"),
    [
        ("".join(f'<hyperlink ref="A{n}" r:id="rId{n}"/>' for n in range(1, 150_000)), 150_000, ["too_large"]),
        ("".join(f'<hyperlink ref="A{n}" r:id="rId1"/>' for n in range(1, 150_000)), 2, ["too_large"]),
        ("".join(f'<mergeCell ref="A{n}:A{n + 1}"/>' for n in range(1, 150_000)), 0, ["too_large"]),
        ("".join(f'<mergeCell ref="A1:XFD{1_048_576 - n}"/>' for n in range(150_000)), 0, []),
        ("".join(f'<mergeCell{n} ref="' for n in range(150_000)), 0, ["bad_workbook"]),
        ("".join(f"<hyperlink{n} " for n in range(150_000)), 0, ["bad_workbook"]),
    ],
    ids=["links", "one address", "merged", "over each other", "open quotes", "open tags"],
)
def test_marks_without_end_are_a_reject_or_the_rows(tmp_path: Path, tags: str, links: int, codes: list[str]) -> None:
    (tmp_path / "marks.xlsx").write_bytes(_marked(tags, links))

    (told,) = _read(tmp_path)

    assert told.codes == codes or (codes == ["bad_workbook"] and told.rows == 1)
    assert told.rows == (not told.codes)
    assert max(told.own_mb, told.child_mb) <= MOST_MB
    assert told.cpu_s <= MOST_CPU_S


def test_more_sheets_than_anybody_has_are_a_reject_that_costs_nothing(tmp_path: Path) -> None:
    """A hundred thousand sheets took four minutes once (2026-11): the list of their names was made for each of them."""
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 100_001))
    (tmp_path / "sheets.xlsx").write_bytes(hostile_sheets.a_book("", sheets=listed))

    (told,) = _read(tmp_path)

    assert told.codes == ["too_large"]
    assert told.cpu_s <= 10


def test_a_panic_of_the_reader_is_a_reject() -> None:
    class Lying(Chance):
        def choice(self, seq):  # type: ignore[no-untyped-def]
            return seq[-1] if seq == (1, 1, 65_535) else seq[0]

    assert _codes(hostile_sheets.an_old_book(Lying())) == ["bad_workbook"]


def test_an_old_workbook_that_says_the_truth_gives_its_rows() -> None:
    class Honest(Chance):
        def choice(self, seq):  # type: ignore[no-untyped-def]
            return seq[0]

    assert [one.place for one in _deliveries(hostile_sheets.an_old_book(Honest()))] == ["row 2"]


def test_the_rows_around_one_that_is_too_long_are_read() -> None:
    table = b"title,url\na,https://example.org/a\n" + b"x" * 3_000_000 + b",y\nc,https://example.org/c\n"

    found = [(one.place, one.problems[0].code if one.reading is None else "") for one in _deliveries(table)]

    assert found == [("line 2", ""), ("line 3", "too_long"), ("line 4", "")]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (b"title,url\n" + b"a," * 20_000 + b"\n", "too_many_cells"),
        (b"title,url" + b",a" * 2_000 + b"\nx,y\n", "too_many_cells"),
        (b"title,url\n" + b"x" * 300_000 + b",y\n", "too_long"),
    ],
)
def test_what_no_table_needs_is_a_reject(table: bytes, code: str) -> None:
    assert _codes(table) == [code]


def test_a_table_of_sixty_megabytes_of_cells_is_read_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_bytes(b"title,url\n" + (b"ab,cd" + b",ef" * 900 + b"\n") * 22_000)

    (told,) = _read(tmp_path)

    assert told.codes == ["too_many_cells"] * 22_000
    assert told.own_mb <= MOST_MB


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"[" + b"[]," * 4_000_000 + b"[]]", "too_large"),
        (b'{"@graph":[' + b"{}," * 4_000_000 + b"{}]}", "too_large"),
        (b"[" * 1_000_000, "too_deep"),
        (b'{"a":' * 500_000, "too_deep"),
        (b"[" + b"7," * 900_000 + b"7]", "unknown_format"),
    ],
)
def test_json_made_to_harm_is_one_reject(document: bytes, code: str) -> None:
    assert _codes(document) == [code]
