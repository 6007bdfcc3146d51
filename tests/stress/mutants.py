"""Mutants: one small change at a time in a module, and whether its tests notice.

    python -m tests.stress.mutants repository/accounts/policy.py tests/unit/repository/accounts [--seed 1] [--most 60]

Works in a copy of the checkout, so that nothing here is ever changed. A comparison, a boolean operator, a `not`, a
number or a truth value is turned; which of them, the seed says. Prints the survivors and the score.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ADDED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.LShift: ast.RShift, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip


def _turned(node: ast.AST) -> ast.AST | None:
    """The node with one thing turned; None where there is nothing to turn."""
    match node:
        case ast.Compare(left=left, ops=[one], comparators=right) if type(one) in _COMPARED:
            return ast.Compare(left, [_COMPARED[type(one)]()], right)
        case ast.BoolOp(op=ast.And(), values=values):
            return ast.BoolOp(ast.Or(), values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return ast.BoolOp(ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ADDED:
            return ast.BinOp(left, _ADDED[type(op)](), right)
        case ast.Constant(value=bool(value)):
            return ast.Constant(not value)
        case ast.Constant(value=int(value)):
            return ast.Constant(value + 1)
        case _:
            return None


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, what was turned into what, and the whole source with it."""
    count = sum(1 for _ in ast.walk(ast.parse(source)))
    for place in range(count):
        tree = ast.parse(source)
        node = next(one for n, one in enumerate(ast.walk(tree)) if n == place)
        turned = _turned(node)
        if turned is None or not hasattr(node, "lineno") or any(node is each for each in _never_run(tree)):
            continue
        before = ast.unparse(node)
        for parent in ast.walk(tree):
            for name, value in ast.iter_fields(parent):
                if value is node:
                    setattr(parent, name, turned)
                elif isinstance(value, list):
                    setattr(parent, name, [turned if one is node else one for one in value])
        made = ast.unparse(ast.fix_missing_locations(tree))
        yield int(getattr(node, "lineno")), f"{before}  ->  {ast.unparse(turned)}", made  # noqa: B009


def _never_run(tree: ast.AST) -> Iterator[ast.AST]:
    """What no run can tell apart: annotations, which are never evaluated here, and whether a struct is frozen."""
    for node in ast.walk(tree):
        said = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.ClassDef):
            said += [each.value for each in node.keywords]
        for each in said:
            if each is not None:
                yield from ast.walk(each)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("module", type=Path)
    asked.add_argument("tests", nargs="+")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--most", type=int, default=60)
    told = asked.parse_args()
    source = (ROOT / told.module).read_text(encoding="utf-8")
    found = list(mutants(source))
    random.Random(told.seed).shuffle(found)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache"))
        killed = sum(_is_killed(copy, told.module, told.tests, *each) for each in found[: told.most])
    tried = len(found[: told.most])
    sys.stdout.write(f"{told.module}: {killed} of {tried} killed ({killed / max(tried, 1):.0%}), seed {told.seed}\n")


def _is_killed(copy: Path, module: Path, tests: list[str], line: int, what: str, made: str) -> bool:
    path = copy / module
    before = path.read_text(encoding="utf-8")
    path.write_text(made, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": f"{copy}:{copy / 'oaipmh'}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
        *tests,
    ]
    try:
        done = subprocess.run(command, cwd=copy, env=env, capture_output=True, check=False, timeout=300)
        survived = done.returncode == 0
    except subprocess.TimeoutExpired:
        survived = False
    finally:
        path.write_text(before, encoding="utf-8")
    if survived:
        sys.stdout.write(f"  survived: line {line}: {what}\n")
        sys.stdout.flush()
    return not survived


if __name__ == "__main__":
    main()
