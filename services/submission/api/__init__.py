"""The REST routes of submission."""
