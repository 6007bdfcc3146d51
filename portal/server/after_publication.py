"""What follows publication in a server and in commands: sealing pages of the event stream, making dumps.

Nothing public waits for any of it, and any process may do it: each follower takes its own lease. What goes wrong is
logged and tried again at the next tick.
"""

from __future__ import annotations

import logging
import threading

from repository.config.sections import seconds_of
from repository.errors import RepositoryError
from repository.linked import dumps, ldes_erasure, ldes_sealing
from repository.published import datestamp_of, snapshot
from repository.site import Site

log = logging.getLogger(__name__)


def follow(site: Site) -> None:
    """Bring what follows publication up to it; the next call does what this one could not."""
    try:
        ldes_erasure.erase(site)
        sealed = ldes_sealing.seal(site)
    except RepositoryError as error:
        log.warning("pages of the event stream were not sealed", extra={"reason": str(error)})
    except Exception:  # A ticker that died here would publish nothing any more.
        log.exception("sealing pages of the event stream failed")
    else:
        if sealed:
            log.info("sealed pages of the event stream", extra={"pages": sealed})


class Dumper(threading.Thread):
    """Makes the first dumps as soon as something is published, then every `dump_every`; no error ends it."""

    def __init__(self, site: Site, look_s: float = 20.0) -> None:
        super().__init__(name="dumper", daemon=True)
        self.site = site
        self.look_s = look_s
        self.every_s = seconds_of(site.config.linked.dump_every) or 0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(self.look_s):
            self.look()

    def look(self) -> None:
        """Make dumps when they are due."""
        try:
            if self.due():
                made = dumps.make(self.site)
                log.info("dumps made", extra={"files": len(made or ())})
        except RepositoryError as error:
            log.warning("no dump was made", extra={"reason": str(error)})
        except Exception:
            log.exception("making dumps failed")

    def due(self) -> bool:
        """Whether there is something to dump, and no dump of it or only an old one."""
        if self.every_s <= 0:
            return False
        with snapshot(self.site.database) as line:
            newest = line.newest(1)
            found = dumps.listed(line)
        if not newest or not found:
            return bool(newest)
        age_s = self.site.clock.now() - datestamp_of(found[0].position)
        return age_s >= self.every_s and newest[0].position > found[0].position
