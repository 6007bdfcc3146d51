"""`oerbron generate`: lines on the terminal or in a file, and what an import makes of them."""

from __future__ import annotations

from pathlib import Path

from repository.accounts import organisations
from repository.config.sections import Config, DatabaseSection
from repository.site import open_site
from tests.support.commands import lines, oerbron, outcomes


def test_generate_writes_as_many_lines_as_asked(tmp_path: Path) -> None:
    answer = oerbron(tmp_path, "generate", "7")

    assert answer.code == 0
    assert answer.out.count("\n") == 7
    assert answer.out.startswith('{"')


def test_generate_writes_the_same_for_the_same_seed(tmp_path: Path) -> None:
    first, second, other = (oerbron(tmp_path, "generate", "5", "--seed", seed).out for seed in ("3", "3", "4"))

    assert first == second
    assert first != other


def test_generate_out_writes_a_file_and_says_its_size(tmp_path: Path) -> None:
    file = tmp_path / "sample.jsonl"

    answer = oerbron(tmp_path, "generate", "6", "--out", file)

    assert answer.out == f"{file}: {file.stat().st_size} bytes\n"
    assert len(lines(file)) == 6


def test_generate_of_less_than_nothing_is_misuse(tmp_path: Path) -> None:
    answer = oerbron(tmp_path, "generate", "--", "-1")

    assert answer.code == 2
    assert len(answer.sentences) == 1


def test_generated_lines_are_imported_whole_and_unchanged_the_second_time(tmp_path: Path) -> None:
    file = tmp_path / "sample.jsonl"
    oerbron(tmp_path, "generate", "120", "--out", file)

    first = oerbron(tmp_path / "home", "import", file)
    second = oerbron(tmp_path / "home", "import", file)

    assert first.counts == outcomes(created=120)
    assert second.counts == outcomes(unchanged=120)
    assert first.code == second.code == 0


def test_an_import_makes_the_organisations_that_its_lines_name(tmp_path: Path) -> None:
    file, home = tmp_path / "sample.jsonl", tmp_path / "home"
    oerbron(tmp_path, "generate", "60", "--out", file)

    dry = oerbron(home, "import", "--dry-run", file)
    done = oerbron(home, "import", file)
    again = oerbron(home, "import", file)

    assert dry.counts == done.counts == outcomes(created=60)
    assert "would make the organisations" in dry.err
    assert "made the organisations" in done.err
    assert again.err == ""
    site = open_site(Config(database=DatabaseSection(url=f"sqlite:///{home / 'oerbron.sqlite'}")))
    slugs = {organisation.slug for organisation in organisations.every(site)}
    site.database.dispose()
    assert slugs == {"de-linde", "northgate", "les-tilleuls", "waldtal"}


def test_a_line_with_an_organisation_that_is_no_slug_is_a_reject(tmp_path: Path) -> None:
    file = tmp_path / "sample.jsonl"
    tree = '{"general": {"identifier": [{"entry": "1"}], "title": [{"lang": "nl", "value": "Breuken"}]}}'
    file.write_text(f'{{"organisation": "De Linde!", "record": {tree}}}\n', encoding="utf-8")

    answer = oerbron(tmp_path / "home", "import", file)

    assert answer.counts == outcomes(rejected=1)
    assert "De Linde!" in answer.err


def test_exported_lines_carry_organisation_and_collections_to_another_repository(tmp_path: Path) -> None:
    file, copy = tmp_path / "sample.jsonl", tmp_path / "copy.jsonl"
    oerbron(tmp_path, "generate", "60", "--out", file)
    oerbron(tmp_path / "one", "import", file)

    oerbron(tmp_path / "one", "export", "--format", "jsonl", "--out", copy)
    same = oerbron(tmp_path / "one", "import", copy)
    other = oerbron(tmp_path / "two", "import", copy)
    oerbron(tmp_path / "two", "export", "--format", "jsonl", "--out", tmp_path / "again.jsonl")

    assert same.counts == outcomes(unchanged=60)
    assert other.counts == outcomes(created=60)
    assert _belongings(tmp_path / "again.jsonl") == _belongings(copy)
    assert any("organisation" in one for one in lines(copy))


def _belongings(file: Path) -> list[tuple[object, object, object]]:
    return sorted((one["id"], one.get("organisation"), one.get("collections")) for one in lines(file))
