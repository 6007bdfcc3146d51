"""Errors of the search; both are Busy, so that everything else lives on while a view answers 503.

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
    """A cursor that is none of ours, or of another search (400)."""
