"""Errors of the search; both are Busy, so that a view answers 503 and everything else goes on.

Busy (repository.errors)
└── SearchUnavailable    the search cannot answer now: no index yet, or the cluster is down
    └── IndexDamaged     the files of an index cannot be read or written; a rebuild mends it
"""

from __future__ import annotations

from repository.errors import Busy, RepositoryError


class SearchUnavailable(Busy):
    pass


class IndexDamaged(SearchUnavailable):
    pass


class BadCursor(RepositoryError):
    """A cursor that is not ours, or that belongs to another search (400)."""
