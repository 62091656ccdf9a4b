"""The cases of the edits, one file a family, named as the family is."""
