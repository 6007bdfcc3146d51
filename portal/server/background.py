"""Following sources inside a server: a thread per process that looks what is due; a lease lets one process do each.

The only thing that goes on while it runs is publication's ticker. A server that is told to stop ends a harvest between
two pages; one that is killed leaves it to the next one, which goes on at the same page.
"""

from __future__ import annotations

import logging
import threading
from typing import Final
from urllib.parse import urlsplit

from harvest import source_account, source_report, source_totals
from harvest.run import Doing, follow
from repository.config.sections import HarvestSource
from repository.errors import Busy, RepositoryError
from repository.jobs import lease
from repository.site import Site

PUBLIC_S: Final = 20
LEASE_S: Final = 300.0
MOST_S: Final = 6 * 3_600.0  # of one source at a time; it goes on with its next run
log = logging.getLogger(__name__)


class Harvester(threading.Thread):
    """Follows each source when it is due, one after the other; no error ends it."""

    def __init__(self, site: Site, look_s: float = 20.0) -> None:
        super().__init__(name="harvester", daemon=True)
        self.site = site
        self.look_s = look_s
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(self.look_s):
            self.look()

    def look(self) -> None:
        """Follow what is due now."""
        try:
            due = [each for each in source_totals.of_all(self.site) if self._is_due(each)]
        except RepositoryError as error:
            log.warning("no source was followed", extra={"reason": str(error)})
            return
        except Exception:
            log.exception("looking for sources that are due failed")
            return
        for each in due:
            if not self.stopped.is_set():
                self._follow(each.source.name)
        self._report()

    def _report(self) -> None:
        """Make the reports that are due: what a run brought is public a few seconds after it."""
        try:
            for each in source_account.public(self.site):
                last = each.last
                if last is not None and last.ended and last.ended + PUBLIC_S <= self.site.clock.now():
                    with lease.lease(self.site, f"report {each.source.name}", LEASE_S) as held:
                        if held is not None and source_report.is_due(self.site, each.source.name):
                            source_report.make(self.site, each.source.name)
        except RepositoryError as error:
            log.warning("no report was made", extra={"reason": str(error)})
        except Exception:
            log.exception("making a report failed")

    def _is_due(self, found: source_account.Account) -> bool:
        return found.state != "running" and found.next_at is not None and found.next_at <= self.site.clock.now()

    def _is_visited(self, source: HarvestSource) -> bool:
        """Whether another source of the same host is being followed: a host has one guest at a time (E.5)."""
        host = urlsplit(source.url).hostname
        others = source_account.public(self.site)
        return any(each.state == "running" and urlsplit(each.source.url).hostname == host for each in others)

    def _follow(self, name: str) -> None:
        try:
            found = source_totals.of(self.site, name)
            if not self._is_due(found) or self._is_visited(found.source):  # Another process was faster.
                return
            ended = follow(self.site, found.source, Doing(stop=self.stopped.is_set, most_s=MOST_S))
        except Busy:
            return
        except RepositoryError as error:
            log.warning("a source was not followed", extra={"source": name, "reason": str(error)})
        except Exception:
            log.exception("following a source failed", extra={"source": name})
        else:
            log.info("source followed", extra={"source": name, "state": ended.state, "outcomes": ended.counts})
