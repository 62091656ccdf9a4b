"""The scrubber: every edit that a clearinghouse or payer would apply is applied here first.

In come grouped and corrected claims; out go cleared claims, or held ones with findings that name rule, place and cure.
It owns the edits, the payer rules, the format repairs and the worklist of held claims.
"""
