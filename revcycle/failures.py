"""What the person at the command line got wrong.

Failure
├── UnknownService      no service has that name
├── UnknownUser         the local issuer has no such demo user
└── NotEmpty            the folder to write into holds something
"""

from __future__ import annotations


class Failure(Exception):
    """One line that says what to do otherwise; exit code 2."""


class UnknownService(Failure):
    pass


class UnknownUser(Failure):
    pass


class NotEmpty(Failure):
    pass
