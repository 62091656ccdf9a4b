"""Grouper: every coded claim gets its MS-DRG, or the reason why it has none, or goes back to the coder with the fault.

Owns the groupings: what was decided on which revision of a claim, by which version of the grouper.
"""
