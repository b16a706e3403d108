"""On `/admin`, below each category: who moderates it, though their role does not say so."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from fastapi import Response

from service.accounts.current import Asks
from service.categories import operations, queries
from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound, Problem, invalid
from service.pages import forms
from service.pages.views.account import Moderators
from service.pages.views.frame import Form, Person
from service.web.answers import Answer, see_other

ADD: Final = "add-moderator"
REMOVE: Final = "remove-moderator:"
"""The buttons; behind the second stands whom it removes."""

SAVED: Final = {"added": "They moderate this category from now on.", "removed": "They moderate it no more."}


def is_about_moderators(deed: str) -> bool:
    """Whether the button is one of these forms'."""
    return deed == ADD or deed.startswith(REMOVE)


async def change(asks: Asks, sent: forms.Sent) -> Response | Problem:
    """What the button says; 303 to the category on `/admin`. Somebody who does not exist is the form's refusal."""
    slug, adds = sent.value("category"), sent.deed == ADD
    username = sent.value("username") if adds else sent.deed.removeprefix(REMOVE)

    def work(session: Session, actor: Actor) -> Answer:
        if adds:
            operations.add_moderator(session, actor, slug, username)
        else:
            operations.remove_moderator(session, actor, slug, username)
        done = "added" if adds else "removed"
        return see_other(f"/admin?saved={done}&category={quote(slug)}#category-{quote(slug)}")

    try:
        return await forms.attempt(asks, sent, work)
    except NotFound:
        return invalid("/username", "there is nobody of this name")


def lists(
    session: Session, categories: Sequence[Category], refused: tuple[str, Form] | None, saved: tuple[str, str]
) -> dict[str, Moderators]:
    """The moderators of these categories by slug, in one query; `refused` and `saved` say of which they are."""
    found = queries.moderators_of(session, *(stored_id(category.id) for category in categories))
    told, about = saved
    return {
        category.slug: Moderators(
            form=refused[1]
            if refused and refused[0] == category.slug
            else forms.fresh(notice=SAVED.get(told) if about == category.slug else None),
            people=tuple(
                Person(each.account.username, each.account.shown_name)
                for each in found
                if each.category_id == category.id
            ),
        )
        for category in categories
    }
