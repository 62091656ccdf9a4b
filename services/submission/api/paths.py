"""What stands in the paths of submission."""

from typing import Annotated

from fastapi import Path

ClaimPath = Annotated[str, Path(max_length=50, description="The claim's id, the same through every attempt.")]
