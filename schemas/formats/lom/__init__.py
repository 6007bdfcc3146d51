"""LOM in every binding: reading, mending, the verbatim copy and the published face."""
