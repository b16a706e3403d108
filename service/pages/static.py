"""The site's own CSS, scripts and mark: read once, packed once, named by their content, kept by browsers for a year.

One hash over all files stands in the path (`/static/{hash}/parley.css`), so that a script may import its neighbour by
a relative name and still get the version it was written with. The modules of TOGETHER come in one file with
`parley.js`: a first visit asks for a page, its style, its script and its mark, and for nothing else.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from service.pages.bundle import bundle
from service.web.packing import accepted, packed_from

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
TOGETHER: Final = (
    "preview.js", "draft_door.js", "drafts.js", "live_thread.js", "live.js", "proof.js", "reactions.js", "reading.js",
)  # fmt: skip
"""What `parley.js` brings along: what the page of a thread needs, now or later."""

FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file: its media type, its bytes, and the same bytes packed with gzip."""

    media_type: str
    plain: bytes
    packed: bytes


def _read() -> dict[str, Asset]:
    """Every file of `static/` by name, but those that come in another."""
    found = sorted((Path(__file__).parent / "static").iterdir())
    texts = {file.name: file.read_bytes() for file in found if file.suffix in TYPES}
    modules = {name: texts.pop(name).decode() for name in TOGETHER}
    texts["parley.js"] = bundle(texts["parley.js"].decode(), modules).encode()
    return {
        name: Asset(TYPES[Path(name).suffix], text, gzip.compress(text, 9, mtime=0)) for name, text in texts.items()
    }


ASSETS: Final = _read()
EDITION: Final = hashlib.sha256(b"".join(asset.plain for asset in ASSETS.values())).hexdigest()[:12]


def address(name: str) -> str:
    """Where the page finds the file `name` (KeyError for a file that is not there)."""
    if name not in ASSETS:
        raise KeyError(name)
    return f"/static/{EDITION}/{name}"


async def asset(request: Request) -> Response:
    """`GET /static/{edition}/{name}`. An older edition's address gets the present file, for a short while only."""
    found = ASSETS.get(request.path_params["name"])
    if found is None:
        return Response("Not found", 404, media_type="text/plain")
    headers = {
        "Cache-Control": FOR_EVER if request.path_params["edition"] == EDITION else "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if packed_from(accepted(request.scope["headers"])) is not None:
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.media_type)
    return Response(found.plain, headers=headers, media_type=found.media_type)
