"""Simulator: a stand-in clearinghouse and its payers for test mode. Takes 837 interchanges, answers TA1, 999 and 277CA.

Realistic failures included, reproducible by seed. It keeps nothing beyond its process and reads nobody's database.
"""
