"""The step before a closing policy is stored on `/admin`: which threads it would close or open at once.

Where it would do nothing at once there is no step. What was typed travels in the page's form, so that neither
confirming nor going back loses any of it.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.categories.queries import get_category
from service.closing.queries import Affected, Effect, preview_policy
from service.kit.actor import Actor, check_administers
from service.kit.database import Session
from service.kit.errors import Problem
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.frame import Form
from service.pages.views.policies import AffectedLine, PolicyPage
from service.pages.words import thoughts
from service.site.models import OFF, ClosingTerms
from service.site.queries import get_site

CONFIRMED: Final = "confirmed"
BACK: Final = {"site": "back-site", "category": "back-category"}
"""The buttons that go back to the form, by the one that stores it."""
NOT_FIELDS: Final = ("do", CONFIRMED)

BECAUSE: Final = {
    "scheduled": "at the time set",
    "age": "for its age",
    "idle": "for its silence",
    "replies": "for its number of replies",
    "manual": "by a moderator",
}
"""What closes a thread, by the reason's code."""

TYPED: Final = "Nothing has been changed yet. This is what you typed."


async def foresee(asks: Asks, sent: forms.Sent, changes: dict[str, Any] | Problem, slug: str | None) -> Response | None:
    """The page to confirm the changes on; None where they do nothing at once, are refused, or are confirmed.

    `slug` names the category whose policy it is; None is the site. Raises NotFound, NotSignedIn, NotAllowed.
    """
    if isinstance(changes, Problem) or sent.value(CONFIRMED):
        return None
    terms = {name: value for name, value in changes.items() if name in ClosingTerms.model_fields}

    def load(session: Session, actor: Actor) -> tuple[Frame, PolicyPage] | None:
        whose, stored = _stored(session, actor, slug)
        if not _differ(stored, terms, top=slug is None):
            return None
        effect = preview_policy(session, actor, slug, terms)
        return (around(session, actor, "/admin"), _view(whose, effect, sent, slug)) if effect.any else None

    found = await asks.read(load)
    return page("policy.html", *found) if found else None


def typed_again(sent: forms.Sent) -> Form:
    """The form that somebody went back to, as it was typed."""
    again = sent.again()
    return Form(again.key, again.values, notice=TYPED)


def _stored(session: Session, actor: Actor, slug: str | None) -> tuple[str, ClosingTerms]:
    """Whose policy it is, in words, and as it stands."""
    check_administers(actor)
    if slug is None:
        return "the site", get_site(session)
    category = get_category(session, actor, slug)
    return f"the category “{category.name}”", category


def _differ(stored: ClosingTerms, terms: Mapping[str, int | None], *, top: bool) -> bool:
    """Whether any term is another one than the stored one; at the `top` nothing is inherited, so none is off."""
    absent = OFF if top else None

    def plain(value: int | None) -> int | None:
        return absent if value is None else value

    return any(plain(getattr(stored, name)) != plain(value) for name, value in terms.items())


def _view(whose: str, effect: Effect, sent: forms.Sent, slug: str | None) -> PolicyPage:
    deed = sent.deed
    kept = {name: value for name, value in sent.values.items() if name not in (*NOT_FIELDS, forms.KEY)}
    return PolicyPage(
        whose=whose,
        heading=heading_of(effect),
        closing=tuple(_line(each) for each in effect.threads if each.would_close),
        opening=tuple(_line(each) for each in effect.threads if not each.would_close),
        more=effect.would_close + effect.would_open - len(effect.threads),
        form=forms.fresh(kept),
        action="/admin#site" if slug is None else f"/admin#category-{slug}",
        deed=deed,
        back=BACK[deed],
    )


def heading_of(effect: Effect) -> str:
    """What saving would do, in a sentence: `120 threads would close at once`."""
    said = [
        f"{count:,} {'thread' if count == 1 else 'threads'} would {verb}"
        for count, verb in ((effect.would_close, "close"), (effect.would_open, "open again"))
        if count
    ]
    return f"{' and '.join(said)} at once"


def _line(affected: Affected) -> AffectedLine:
    seen, thread = affected.seen, affected.seen.thread
    closing = affected.closing if affected.would_close else seen.closing
    return AffectedLine(
        title=thread.title,
        url=f"/t/{seen.id}/{thread.slug}",
        since=closing.at,
        why=BECAUSE.get(closing.reason or "", ""),
        thoughts=thoughts(thread.reply_count),
        last_reply_at=thread.last_reply_at,
    )
