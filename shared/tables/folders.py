"""Where the tables of this installation lie."""

from __future__ import annotations

import sys
from pathlib import Path


def embedded_folder() -> Path:
    """The catalogue that is compiled from installed packages."""
    return Path(sys.prefix) / "share" / "revcycle" / "tables"


def wheels_folder() -> Path:
    """Packages that are read from their wheel because they cannot be installed."""
    return Path(sys.prefix) / "share" / "revcycle" / "wheels"
