"""One day of a hospital and its clinics, made from a seed: encounters as an EHR sends them, and the answers to them.

Every person, place, payer and number is invented. `samples.day.make_day` is the way in.
"""
