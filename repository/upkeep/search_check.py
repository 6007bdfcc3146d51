"""The doctor of the search index: whether it is there, can be read, and holds what is published. Changes nothing.

The index is disposable: it heals by itself as soon as a server runs or something is imported, and `oerbron index
rebuild` makes it anew from whatever state. So its findings are told apart from those about the records.
"""

from __future__ import annotations

from typing import Final

from repository.errors import Busy
from repository.published import snapshot
from repository.search.service import Searching
from repository.upkeep.finding import Finding

_MEND: Final = "a running server makes it anew, or `oerbron index rebuild` does at once"
_MOST_BEHIND: Final = 100_000


def findings(searching: Searching) -> list[Finding]:
    """What is wrong with the index that is searched."""
    with snapshot(searching.site.database) as line:
        count = line.total()
    name = searching.engine.current()
    if name is None:
        return [_finding(f"there are {count} published records and no index that is searched")] if count else []
    if wrong := searching.engine.flaws(name):
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        return [_finding(f"the index {name} is damaged ({', '.join(wrong[:3])}{more})")]
    try:
        return _compared(searching, name)
    except Busy as error:
        return [_finding(f"the index {name} cannot be read ({str(error).rstrip('.')})")]


def _compared(searching: Searching, name: str) -> list[Finding]:
    index = searching.engine.open(name)
    watermark = index.watermark()
    if watermark is None:
        return [_finding(f"the index {name} is empty")]
    if not searching.projection.making.keeps(name):
        return [_finding(f"the index {name} was made by another version, with other vocabularies or in another epoch")]
    with snapshot(searching.site.database) as line:
        if watermark > line.bound:
            return [_finding(f"the index {name} knows what the database does not")]
    different = searching.projection.compare(index)
    if different:
        return [_finding(f"the index {name} differs from the published records in {len(different)} parts")]
    return []


def _finding(what: str) -> Finding:
    return Finding("search", f"{what[0].upper()}{what[1:]}; {_MEND}.")
