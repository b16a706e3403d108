"""`/metrics`: this process's figures for Prometheus, in its text format 0.0.4, and the forum's background work.

Not public: an admin's token with the scope `admin` opens it, or an address in `PARLEY_METRICS_ALLOW` that does not come
through a proxy (what a proxy passes on carries the proxy's own address). For everybody else there is no such page.
Each process has its own figures: with several, each is to be scraped.
"""

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound, NotReady
from service.web.later import LaterRoute
from service.web.origin import comes_straight_from

if TYPE_CHECKING:
    from service.pages.measured.work import Background

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/metrics")
async def metrics(request: Request, asks: Asking) -> Response:
    """All of it; what is the process's own even while the database is away, for whom a network lets in.

    Raises NotFound for whom it is not meant.
    """
    from prometheus_client import CollectorRegistry, generate_latest  # not loaded where nobody measures

    from service.pages.measured.machinery import Machinery
    from service.pages.measured.traffic import Requests
    from service.pages.measured.work import Background

    open_to_peer = comes_straight_from(request, asks.settings.metrics_allow)

    def work(session: Session, actor: Actor) -> "Background":
        if not (open_to_peer or actor.administers):
            raise NotFound("There is no such page")
        return Background(session)

    registry, background = CollectorRegistry(auto_describe=False), None
    try:
        background = await asks.read(work)
        registry.register(background)
    except NotReady:
        if not open_to_peer:
            raise
    state = request.app.state
    registry.register(Requests(state.traffic, state.live))
    registry.register(
        Machinery(asks.database, state.kept, database_up=background is not None, is_draining=state.draining)
    )
    return Response(generate_latest(registry), media_type=TEXT, headers={"Cache-Control": "no-store"})
