"""`/robots.txt` (RFC 9309), the addresses of static files, and the one script that has an address of its own."""

from fastapi import APIRouter, Request, Response
from starlette.responses import PlainTextResponse

from service.pages import static
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)

ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /new
Disallow: /settings
Disallow: /notifications
Disallow: /admin
Disallow: /first-admin
Disallow: /sign-in
Disallow: /register
Disallow: /unsubscribe/
"""


@router.get("/robots.txt")
async def robots() -> Response:
    """What crawlers may leave alone: the screens that are one person's own, and the API."""
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": "public, max-age=86400"})


@router.get("/push-worker.js")
async def push_worker() -> Response:
    """The service worker, at the root: its address is its name in a browser, which asks again whether it has changed,
    and it serves what lies in its folder (Service Workers, W3C, sections 2.2 and 3.1).
    """
    script = static.ASSETS["push-worker.js"]
    return Response(script.plain, headers={"Cache-Control": "no-cache"}, media_type=script.media_type)


@router.get("/static/{edition}/{name}")
async def static_file(request: Request) -> Response:
    """One of the site's own files."""
    return await static.asset(request)
