"""Single values as people write them: names, lists of people, placeholders, identifiers, dates. Pure words to parts."""
