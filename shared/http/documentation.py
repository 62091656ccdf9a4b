"""Where a service describes itself: `/openapi.json` and its page, `/docs`, wherever the caller finds the service."""

from typing import cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse

from shared.http.scope import public_prefix


def documentation_router() -> APIRouter:
    """Both name the prefix that a mount or a gateway took away; FastAPI's own know of mounts only."""
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    def document(request: Request) -> JSONResponse:  # in a thread: the first time it takes a second to make
        prefix = public_prefix(request)
        document = cast(FastAPI, request.app).openapi()
        return JSONResponse(document | ({"servers": [{"url": prefix}]} if prefix else {}))

    @router.get("/docs")
    async def page(request: Request) -> HTMLResponse:
        return get_swagger_ui_html(openapi_url=f"{public_prefix(request)}/openapi.json", title=request.app.title)

    return router
