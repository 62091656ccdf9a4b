"""Changes of a claim as OpenAPI shows them."""

from typing import Any

PATCH_EXAMPLE: list[dict[str, Any]] = [
    {"op": "test", "path": "/lines/0/procedure", "value": "99213"},
    {"op": "replace", "path": "/lines/0/units", "value": "2"},
]
"""A correction of one field, if the line still is the one that was meant."""
