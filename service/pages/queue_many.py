"""Deciding about many items of the queue at once: first how many of which state would change, then the deed."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, invalid
from service.moderation.models import EDITED, OPEN
from service.moderation.operations import decide_review
from service.moderation.queries import Outline, outlines_in, outlines_of
from service.moderation.schemas import Decide, to_decision
from service.pages import forms, moderating
from service.pages.frame import Frame, around
from service.pages.queue_place import Place
from service.pages.rendering import clock_time, page
from service.pages.views.queue import ManyLine, ManyPage
from service.screening.policy import BACK, DISMISS, STEPS

MOST: Final = 500
"""Posts that one deed is about at most."""

PREVIEW: Final = "many"
EACH: Final = "each-"
"""Before the step, in the name of the button that does it."""

TICKED: Final = re.compile(r"item-(\d{1,18})", re.ASCII)
WITH_REASON: Final = ("reject", "hide", "spam", "trash")


def is_deed(sent: forms.Sent) -> bool:
    """Whether the form's button decides about many."""
    return sent.deed.startswith(EACH)


def step_of(sent: forms.Sent) -> str:
    """The step that the form is about. Raises Invalid for one that there is not."""
    step = sent.deed.removeprefix(EACH) if is_deed(sent) else sent.value("step")
    if step not in moderating.BUTTONS:
        raise invalid("/step", "must be one of the choices")
    return step


def chosen_of(sent: forms.Sent) -> dict[int, int]:
    """The reviews that are ticked, with the versions that were seen."""
    return {int(found[1]): sent.number(name) or 0 for name in sent.values if (found := TICKED.fullmatch(name))}


async def preview(asks: Asks, place: Place, sent: forms.Sent, problem: Problem | None = None) -> Response:
    """The page that says what would happen; with a refused deed, why nothing did. Looking changes nothing."""

    def load(session: Session, actor: Actor) -> tuple[Frame, ManyPage]:
        check_moderates_some(actor)
        return around(session, actor, "/mod/queue"), _view(session, actor, place, sent, problem)

    frame, view = await asks.read(load)
    return page("mod_queue_many.html", frame, view, status=problem.status if problem else 200)


def _view(session: Session, actor: Actor, place: Place, sent: forms.Sent, problem: Problem | None) -> ManyPage:
    step, at = step_of(sent), now(session)
    found = _found(session, actor, place, sent, at)
    lines = lines_of(found, step)
    changing = sum(line.count for line in lines if line.changes)
    seen = chosen_of(sent)
    return ManyPage(
        step=step,
        heading=f"{moderating.BUTTONS[step]} {_posts(len(found))}?",
        button=f"{moderating.BUTTONS[step]} {_posts(changing)}",
        action=place.url(),
        lines=lines,
        changing=changing,
        chosen=tuple((one.id, seen.get(one.id, one.version) or one.version) for one in found),
        claimed=claims_in(found, actor, at),
        takes_reason=step in WITH_REASON,
        canned=moderating.canned_choices(session) if step in WITH_REASON else (),
        form=sent.again(problem),
    )


def _found(session: Session, actor: Actor, place: Place, sent: forms.Sent, at: datetime) -> Sequence[Outline]:
    """What the form is about: the first of the whole list, or those that are ticked. Raises Invalid for nothing."""
    if sent.value("all") and place.of_reviews and not is_deed(sent):
        found = outlines_in(session, actor, place.sought(session, actor, at), MOST)
    else:
        found = outlines_of(session, actor, list(chosen_of(sent))[:MOST])
    if not found:
        raise Invalid("Tick some posts first")
    return found


def lines_of(found: Sequence[Outline], step: str) -> tuple[ManyLine, ...]:
    """How many of the posts are in which state, and what becomes of them; what changes first."""
    counted = Counter((stamp_of(one), becomes(one, step)) for one in found)
    lines = [
        ManyLine(count, state, after or "stay as they are", changes=bool(after))
        for (state, after), count in counted.items()
    ]
    return tuple(sorted(lines, key=lambda line: (not line.changes, line.state)))


def stamp_of(one: Outline) -> str:
    """The state of a post in a word or two."""
    if one.cause == EDITED and one.state == OPEN:
        return f"{moderating.stamp(one.moderation)}, with an edit that waits"
    return moderating.stamp(one.moderation)


def becomes(one: Outline, step: str) -> str:
    """The state that the step brings a post into, in words; empty where there is no such step from its state."""
    if step == DISMISS:
        return "stay as they are, and leave the queue" if one.state == OPEN and one.moderation != "pending" else ""
    after = next((then for (state, action), then in STEPS.items() if (state, action) == (one.moderation, step)), "")
    return moderating.stamp((one.previous_moderation or "published") if after == BACK else after) if after else ""


def claims_in(found: Sequence[Outline], actor: Actor, at: datetime) -> tuple[str, ...]:
    """Which other moderators look at how many of these now."""
    until: dict[str, list[datetime]] = {}
    for one in found:
        if one.claimed_until is not None and at < one.claimed_until and one.claimed_by_id != actor.account_id:
            until.setdefault(one.claimer or "Somebody", []).append(one.claimed_until)
    return tuple(
        f"{name} is looking at {_posts(len(ends))} of these, until {clock_time(max(ends))}."
        for name, ends in until.items()
    )


def _posts(count: int) -> str:
    return "one post" if count == 1 else f"{count} posts"


def decide(session: Session, actor: Actor, place: Place, sent: forms.Sent) -> str:
    """Take the step with all that were chosen; returns where to go."""
    step = step_of(sent)
    chosen = chosen_of(sent)
    for review_id, version in chosen.items():
        fields = {"action": step, "version": version, "reason": sent.values.get("reason", "")}
        fields |= {"canned": moderating.number_if_any(sent, "canned"), "override": bool(sent.value("override"))}
        decide_review(session, actor, review_id, to_decision(sent.model(Decide, fields)), None)
    return f"{place.url(done=step, count=len(chosen))}#queue"
