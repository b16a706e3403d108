"""Deciding about many items of the queue at once: first how many of which state would change, then the deed."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.moderation.operations import Many, decide_many, foresee_many
from service.moderation.policy import Foreseen
from service.moderation.queries import outlines_in
from service.moderation.schemas.many import MOST, DecideMany, to_many
from service.pages import forms, moderating
from service.pages.frame import Frame, around
from service.pages.queue_place import Place
from service.pages.rendering import page
from service.pages.views.queue import ManyLine, ManyPage

PREVIEW: Final = "many"
EACH: Final = "each-"
"""Before the step, in the name of the button that does it."""

TICKED: Final = re.compile(r"item-(\d{1,18})", re.ASCII)
WITH_REASON: Final = ("reject", "hide", "spam", "trash")
WHY: Final = {
    "stale-decision": "something happened to them since you looked",
    "claimed": "another moderator is looking at them",
    "invalid-transition": "there is no such step from there",
    "not-allowed": "their authors’ role is not below yours",
    "not-found": "they are not there any more",
}
"""Why some of the posts would stay as they are, by the code of the problem."""


def is_deed(sent: forms.Sent) -> bool:
    """Whether the form's button decides about many."""
    return sent.deed.startswith(EACH)


def decide(session: Session, actor: Actor, place: Place, sent: forms.Sent) -> str:
    """Take the step with all that were chosen; returns where to go. Raises as `decide_many`."""
    done = decide_many(session, actor, many_of(sent, chosen_of(sent)))
    count = sum(not isinstance(one.result, Problem) for one in done.outcomes)
    undo = {"entry": done.batch.event_id} if done.batch else {}
    return f"{place.url(done=_step(sent), count=count, left=len(done.outcomes) - count, **undo)}#queue"


async def preview(asks: Asks, place: Place, sent: forms.Sent, problem: Problem | None = None) -> Response:
    """The page that says what would happen; with a refused deed, why nothing did. Looking changes nothing."""

    def load(session: Session, actor: Actor) -> tuple[Frame, ManyPage]:
        check_moderates_some(actor)
        return around(session, actor, "/mod/queue"), _view(session, actor, place, sent, problem)

    frame, view = await asks.read(load)
    return page("mod_queue_many.html", frame, view, status=problem.status if problem else 200)


def _view(session: Session, actor: Actor, place: Place, sent: forms.Sent, problem: Problem | None) -> ManyPage:
    chosen = _all_of(session, actor, place) if sent.value("all") and place.of_reviews else chosen_of(sent)
    ready = many_of(sent, chosen)
    seen = foresee_many(session, actor, ready)
    label = moderating.BUTTONS[_step(sent)]
    changing = sum(one.code is None for one in seen)
    takes_reason = _step(sent) in WITH_REASON
    return ManyPage(
        step=_step(sent),
        heading=f"{label} {posts(len(seen))}?",
        button=f"{label} {posts(changing)}",
        action=place.url(),
        lines=lines_of(seen),
        changing=changing,
        chosen=tuple(chosen.items()),
        claimed=any(one.code == "claimed" for one in seen),
        takes_reason=takes_reason,
        canned=moderating.canned_choices(session) if takes_reason else (),
        form=sent.again(problem),
    )


def _step(sent: forms.Sent) -> str:
    return sent.deed.removeprefix(EACH) if is_deed(sent) else sent.value("step")


def chosen_of(sent: forms.Sent) -> dict[int, int]:
    """The reviews that are ticked, with the versions that were seen."""
    return {int(found[1]): sent.number(name) or 0 for name in sent.values if (found := TICKED.fullmatch(name))}


def _all_of(session: Session, actor: Actor, place: Place) -> dict[int, int]:
    """The first reviews of a whole list, as they stand now."""
    found = outlines_in(session, actor, place.sought(session, actor, now(session)), MOST)
    return {one.id: one.version for one in found}


def many_of(sent: forms.Sent, chosen: dict[int, int]) -> Many | Invalid:
    """What the form asks for, as the JSON door would read it; the refusal where it asks for nothing."""
    if not chosen:
        return Invalid("Tick some posts first")
    fields: dict[str, Any] = {
        "items": [{"id": review_id, "version": version} for review_id, version in chosen.items()],
        "action": _step(sent),
        "reason": sent.values.get("reason", ""),
        "canned": moderating.number_if_any(sent, "canned"),
        "override": bool(sent.value("override")),
        "mode": sent.value("mode") or "each",
    }
    return to_many(sent.model(DecideMany, fields))


def lines_of(seen: Sequence[Foreseen]) -> tuple[ManyLine, ...]:
    """How many of the posts are in which state, and what becomes of them; what changes first."""
    counted = sorted(Counter(seen).items(), key=lambda each: (each[0].code is not None, -each[1]))
    return tuple(ManyLine(count, _stamp(one.moderation), _becomes(one), one.code is None) for one, count in counted)


def _becomes(one: Foreseen) -> str:
    """What becomes of a post, in words."""
    if one.code is not None:
        return f"stay as they are: {WHY.get(one.code, one.code)}"
    return "stay as they are, and leave the queue" if one.becomes == one.moderation else _stamp(one.becomes)


def _stamp(moderation: str | None) -> str:
    return moderating.stamp(moderation) if moderation else "not there"


def posts(count: int) -> str:
    """A number of posts in words."""
    return "one post" if count == 1 else f"{count} posts"
