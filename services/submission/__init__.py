"""Submission: cleared claims out in 837 interchanges, answers in, rejections worked and back out the same day.

Owns the claims in flight, batches, interchanges, acknowledgements, the rejection worklist and every claim's timeline.
"""
