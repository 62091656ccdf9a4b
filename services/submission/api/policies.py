"""Who may do what at submission."""

from typing import Annotated

from shared.http import Principal, requires

CanReadClaims = Annotated[Principal, requires("claims:read")]
CanSubmitClaims = Annotated[Principal, requires("claims:submit")]
CanWorkRejections = Annotated[Principal, requires("rejections:work")]
