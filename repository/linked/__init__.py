"""Linked data: what the published rows say, as bytes of the event stream, dumps, catalogues and resource descriptions.

Reads the publication line and the log; HTTP is the task of portal.feeds.linked (design.md, 3).
"""
