"""Finding a code: what a coder types, matched to everything that the classification calls it, with the reason."""
