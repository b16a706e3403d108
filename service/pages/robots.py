"""`/robots.txt` (RFC 9309) and the addresses of static files."""

from fastapi import APIRouter, Request, Response
from starlette.responses import PlainTextResponse

from service.pages import static

router = APIRouter(include_in_schema=False)

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


@router.get("/static/{edition}/{name}")
async def static_file(request: Request) -> Response:
    """One of the site's own files."""
    return await static.asset(request)
