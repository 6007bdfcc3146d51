"""The benchmark's results as a table of Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import search

_HEAD = """# Performance

Measured by `make bench`, everything side by side in one run; compare ratios, not single times. The server has one
core and one worker, the client the other core; figures are CPU microseconds of the server per record, the cheapest
of three walks.

"""


def table(results: dict[str, Any]) -> str:
    """Every figure with what it is compared to."""
    lists = results["lists"]
    lines = [
        f"{results['when']}, {results['machine']}, Python {results['python']}, {results['records']} records", "",
        "| ListRecords, pages of 100 | us per record | records per CPU second | against pyoai (target 12; GetRecord 5)"
        " | against nginx (target 0.15 oai_dc, 0.25 lom) |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for prefix in ("oai_dc", "lom"):
        for who in ("ours", "pyoai", "nginx"):
            lines.append(_row(f"{who} {prefix}", lists, f"pyoai {prefix}", f"nginx {prefix}"))
    lines.append(_row("ours oai_dc gzip", lists, "pyoai oai_dc", "nginx oai_dc"))
    lines += [_row("ours GetRecord", lists, "pyoai GetRecord", None), _row("pyoai GetRecord", lists, None, None)]
    lines += ["", f"Resident memory of the server after all walks: {lists['ours memory MB']:.0f} MB.", ""]
    lines += _import(results["import"])
    for key in (key for key in results if key.startswith("pages of ")):
        lines += _pages(key, results[key])
    lines += _linked(results["linked"])
    for key in (key for key in results if key.startswith("search of ")):
        lines += [f"The {key} records:", "", search.HEAD, *(str(search.Row(**row)) for row in results[key]), ""]
    return "\n".join(lines) + "\n"


def _row(name: str, lists: dict[str, Any], pyoai: str | None, nginx: str | None) -> str:
    if name not in lists:
        return f"| {name} | not installed | | | |"
    us = lists[name]["us"]
    against = [f"{lists[other]['us'] / us:.2f}" if other in lists else "" for other in (pyoai, nginx)]
    return f"| {name} | {us:.2f} | {1e6 / us:,.0f} | {against[0]} | {against[1]} |"


def _import(stages: dict[str, float]) -> list[str]:
    lines = [
        "| import of one LOM record, one core (target 333 with publication, 667 with search too) | us |",
        "|---|---|",
    ]
    lines += [f"| {stage} | {us:.0f} |" for stage, us in stages.items()]
    return [*lines, ""]


def _pages(key: str, pages: dict[str, Any]) -> list[str]:
    lines = [f"| {key} records | CPU ms | wall ms |", "|---|---|---|"]
    lines += [f"| {name} | {each['cpu_ms']} | {each['wall_ms']} |" for name, each in pages.items() if "page" in name]
    return [*lines, "", f"Memory after both: {pages['memory MB']:.0f} MB.", ""]


def _linked(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["| linked-data feeds | figure | unit | target |", "|---|---|---|---|"]
    for row in rows:
        target = f"at least {row['least']:,.0f}" if row["least"] else f"at most {row['most']:g}" if row["most"] else ""
        lines.append(f"| {row['name']} | {row['value']:,.2f} | {row['unit']} | {target} |")
    return [*lines, ""]


def write_docs(path: Path, text: str) -> None:
    path.write_text(_HEAD + text, encoding="utf-8")
