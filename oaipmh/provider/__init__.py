"""Giving out over OAI-PMH 2.0: `views.blueprint(site)` is the data provider of a site and of its contexts.

The package is called `provider` because `oaipmh` is the import name of a client library that we use (design.md, 3).
"""
