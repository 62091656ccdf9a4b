"""Physician queries: their text, their compliance check and the states they go through."""
