"""Judging a record on its way in: admission, which refuses, and validation, which counts warnings.

Admission has only three reasons to refuse (design.md, in which state): the record is unreadable, which the reader
tells; it has no title; it has no identity. Everything else in `core` is a warning that lowers completeness.
"""

from __future__ import annotations

from repository.records.change import Judged
from repository.site import Site
from schemas.errors import Problem
from schemas.record import Record
from schemas.validation.validation import ADMISSION, CORE, completeness, validate


class Judges:
    """Answers both from one validation; the last record is remembered, because deciders ask both about it."""

    def __init__(self, site: Site) -> None:
        self._vocabularies = site.vocabularies
        self._last: tuple[Record | None, tuple[Problem, ...]] = (None, ())

    def judge(self, record: Record) -> Judged:
        """Warnings and completeness by `core`."""
        problems = self._problems(record)
        return Judged(sum(problem.severity != "info" for problem in problems), completeness(problems))

    def admit(self, record: Record, named: bool = False) -> tuple[Problem, ...]:
        """Why the record cannot be taken; `named`: its container names it, so that it needs no identity of its own."""
        refused = (problem for problem in self._problems(record) if problem.code in ADMISSION)
        return tuple(problem for problem in refused if not (named and problem.code == "no_identity"))

    def _problems(self, record: Record) -> tuple[Problem, ...]:
        if self._last[0] is not record:
            self._last = record, validate(record, CORE, self._vocabularies)
        return self._last[1]
