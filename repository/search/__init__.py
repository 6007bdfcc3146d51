"""Search: one query language and one analysis of our own, and engines that only translate.

`language` and `plan` are pure, and so are `request`, `highlight` and `index.document`. `index.engine` is the port with
two engines behind it (`engines.embedded`, `engines.elastic`); `index.projection` follows the publication log. Only
published records are ever indexed (decisions/0008).
"""
