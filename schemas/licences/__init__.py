"""How the words that name a licence are read: folding, a lexicon, a grammar that accounts for every word, a verdict."""
