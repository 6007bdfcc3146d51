"""Words: analysis, spelling, the two query languages, labels. Pure."""
