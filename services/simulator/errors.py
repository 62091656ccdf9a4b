"""What can be wrong with a request to the simulator.

ServiceError
└── Invalid
    ├── NotAnInterchange
    └── UnknownProfile
"""

from __future__ import annotations

from shared.errors import Invalid


class NotAnInterchange(Invalid):
    """There is not even an ISA to answer with a TA1."""

    code, title = "not_an_interchange", "The body is not an X12 interchange"


class UnknownProfile(Invalid):
    code, title = "unknown_profile", "No profile has this name"
