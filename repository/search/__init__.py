"""Search: one query language and one analysis of our own, and engines that only translate.

`analysis`, `query`, `asked`, `document`, `planning` and `highlight` are pure; `engine` is the port with two engines
behind it (`embedded`, `elastic`); `projection` follows the publication log. Nothing but published records is ever
indexed (decisions/0008).
"""
