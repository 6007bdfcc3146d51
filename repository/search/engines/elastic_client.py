"""The one door to Elasticsearch's client: how long it waits, which nodes it tries, its errors in our words."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from elastic_transport import TransportError
from elasticsearch import ApiError, ConflictError, Elasticsearch, NotFoundError

from repository.search.errors import IndexDamaged, SearchUnavailable

_TIMEOUT_S: Final = 4.0
_TRY_S: Final = 2.5  # of one node of several
_MOST_RETRIES: Final = 2  # with other nodes
_REST_S: Final = 2.0  # after a failure there is no try for so long


class Door:
    """The client, its errors in our words; a cluster that is away is left alone for a moment."""

    def __init__(self, url: str) -> None:
        nodes = url.replace(",", " ").split()
        # With several nodes, one that does not answer in time may be lost: the next one is tried.
        alone = len(nodes) == 1
        self._client = Elasticsearch(
            nodes, request_timeout=_TIMEOUT_S if alone else _TRY_S, max_retries=3 if alone else _MOST_RETRIES,
            retry_on_timeout=not alone, api_key=os.environ.get("OERBRON_SEARCH_API_KEY") or None,
        )  # fmt: skip
        self._rest_until = float("-inf")

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    @contextmanager
    def call(self, timeout_s: float | None = None) -> Iterator[Elasticsearch]:
        if time.monotonic() < self._rest_until:
            raise SearchUnavailable("The search cluster does not answer.", 5)
        client = self._client
        if timeout_s is not None:
            client = client.options(request_timeout=timeout_s, retry_on_timeout=False)
        try:
            yield client
        except NotFoundError as error:
            raise SearchUnavailable(f"The search cluster has no such index: {error.message}.", 5) from error
        except ConflictError as error:
            raise IndexDamaged(f"The search cluster refused to write: {error.message}.") from error
        except ApiError as error:
            if error.status_code == 429 or error.status_code >= 500:
                raise SearchUnavailable(f"The search cluster is busy ({error.status_code}).", 5) from error
            raise IndexDamaged(f"The search cluster refused a request: {error.message}.") from error
        except TransportError as error:
            self._rest_until = time.monotonic() + _REST_S
            raise SearchUnavailable(f"The search cluster does not answer: {error.message}.", 5) from error
