"""What went wrong, as pages: any problem outside a form, and the page that explains each problem code."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from service.accounts.current import Asking, Asks
from service.kit.errors import NotFound, NotSignedIn, Problem
from service.pages import frame
from service.pages.rendering import page, returning, see_other
from service.pages.views.problems import ProblemKind, ProblemPage
from service.web.later import LaterRoute
from service.web.request_ids import REQUEST_ID

router = APIRouter(route_class=LaterRoute, include_in_schema=False)

REMEDIES: Final = {
    "bad-request": "Send the request again in a form that HTTP and its media type allow.",
    "not-signed-in": "Sign in, or send a valid token, and try again. Text in a form is kept.",
    "not-allowed": "Ask somebody who may: a moderator, or an admin of the site.",
    "push-is-off": "Use the inbox or mail; an admin of the site can install the extra `push`.",
    "suspended": "The reason and the end of the suspension stand in the answer.",
    "silenced": "You may read, but not write, until the silence ends.",
    "cross-origin": "Do this from the site's own pages. Programs send a token instead of a cookie.",
    "not-found": "There is nothing at this address, or you may not see it: then it is answered in the same way.",
    "method-not-allowed": "Use one of the methods that the Allow header names.",
    "conflict": "Load the present state, and decide again.",
    "thread-closed": "Keep your text. A moderator can reopen the thread, or it stays as it is.",
    "not-all-decided": "Leave out those that the answer names, or let the others be decided without them.",
    "already-undone": "Look at it again: it is as it was before the decision, or as a later one has left it.",
    "appeal-too-late": "Write to the site’s contact, which the statement names.",
    "appeal-exists": "Wait for the answer, or read it at the decision: each is appealed once.",
    "not-new": "Decide about the posts in the queue, up to 500 at once.",
    "claimed": "Wait until their claim ends, or decide with `override` if you mean to.",
    "already-flagged": "Moderators have looked at it. Flag it again after an edit, or for another reason in a day.",
    "not-published": "Nothing needs to be done: others do not see this post now.",
    "parent-not-available": "Answer another reply, or the thread itself: the one you chose is gone.",
    "duplicate": "Your text stands at the address in the answer already.",
    "not-tried": "Try the rule on earlier posts first and send the `backtest_id`, or send `confirm`: true.",
    "category-in-use": "Delete or move its threads first; a site keeps at least one category.",
    "last-admin": "Make somebody else an admin first.",
    "stale-decision": "Load the item again: somebody decided about it first.",
    "in-progress": "Wait a few seconds and ask again with the same Idempotency-Key.",
    "invalid-transition": "Load the present state: the step you asked for does not lead on from it.",
    "edit-conflict": "Load the stored version, take over what you want to keep, and save again.",
    "precondition-required": "Send If-Match with the ETag of the version you are changing.",
    "body-too-large": "Send less: a request body has at most 1 MB, and a post at most 32,000 characters.",
    "invalid": "Each wrong field is named with its rule. Mend those and send it again.",
    "rejected": "The reason stands in the answer. Change the text and send it again.",
    "idempotency-conflict": "Use a new Idempotency-Key for a new request.",
    "rate-limited": "Wait as many seconds as Retry-After says.",
    "not-ready": "Wait as many seconds as Retry-After says; nothing was stored.",
    "unexpected": "Try again. If it stays, tell the people who run this site, with the request’s number.",
}


async def problem_page(request: Request, problem: Problem) -> Response:
    """Any problem that no form keeps, as a page in the site's frame (in a plain frame when the database is away).

    Who has to sign in to see a page is sent to do so, and comes back to it.
    """
    here = request.url.path if request.method == "GET" else "/"
    if isinstance(problem, NotSignedIn) and request.method == "GET" and "authorization" not in request.headers:
        query = f"?{request.url.query}" if request.url.query else ""
        return see_other(f"/sign-in{returning(here + query)}")
    sign_in = f"/sign-in{returning(here)}" if isinstance(problem, NotSignedIn) else None
    said = problem.detail if problem.detail != problem.title else REMEDIES.get(problem.code, problem.detail)
    name = request.scope.get(REQUEST_ID) if problem.status >= 500 else None  # who reports it can say which it was
    view = ProblemPage(problem.status, problem.code, problem.title, said, sign_in, name)
    return page("problem.html", await _frame(request, here), view, status=problem.status, headers=dict(problem.headers))


async def _frame(request: Request, here: str) -> frame.Frame:
    """The page's frame; the plain one where asking for it fails as well."""
    try:
        return await Asks(request).read(lambda session, actor: frame.around(session, actor, here))
    except Exception:
        return frame.PLAIN


def kinds() -> dict[str, type[Problem]]:
    """Every problem that Parley can answer with, by its code."""
    found: dict[str, type[Problem]] = {}
    waiting = Problem.__subclasses__()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.code not in found or issubclass(found[kind.code], kind):
            found[kind.code] = kind
    return found


@router.get("/problems/{code}")
async def explain(code: str, asks: Asking) -> Response:
    """The page that the `type` of an error names (RFC 9457 section 3.1.1)."""
    kind = kinds().get(code)
    if kind is None:
        raise NotFound
    meaning = " ".join((kind.__doc__ or kind.title).split("\n\n")[0].split())
    view = ProblemKind(code, kind.status, kind.title, meaning, REMEDIES.get(code, REMEDIES["conflict"]))
    framed = await asks.read(lambda session, actor: frame.around(session, actor, f"/problems/{code}"))
    return page("problem_kind.html", framed, view)
