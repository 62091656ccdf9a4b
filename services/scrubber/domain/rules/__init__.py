"""Payer and customer rules as data: a condition in CEL, what follows from it, its dates, and who agreed to it."""
