"""What a code is called: every description, inclusion term, index path, abbreviation and synonym that leads to it."""
