"""`/admin`: the site's name and rules, and its categories. For admins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.categories import operations as category_operations
from service.categories import queries as category_queries
from service.categories.models import Category
from service.categories.schemas import ChangeCategory, MakeCategory
from service.kit.actor import Actor, check_administers
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, invalid
from service.pages import after_closing, category_moderators, foreseeing, forms, moderation_settings, terms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.account import AdminPage, CategoryForm, Moderators
from service.pages.views.frame import Choice, Form
from service.site import operations, queries
from service.site.models import ClosingTerms, Site
from service.site.schemas import ChangeSite
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)

TERMS: Final = (*terms.MOMENTS, *terms.EVERYWHERE, terms.WAIT)
MODES: Final = {
    "": terms.modes("the site"), "at": terms.moment_modes("the site"), "wait": terms.wait_modes("the site"),
}  # fmt: skip
"""The rules of a category's terms; the site's have all but the first, because it inherits nothing."""
REGISTRATIONS: Final = (Choice("open", "Open to everybody"), Choice("closed", "Closed"))
VISIBILITIES: Final = (
    Choice("public", "Everybody"),
    Choice("members", "Members"),
    Choice("staff", "Moderators and admins"),
)
LABELS: Final = {**terms.LABELS, **after_closing.LABELS, **moderation_settings.LABELS}
BACK_TO: Final = {back: deed for deed, back in foreseeing.BACK.items()}
SAVED: Final = {"site": "The site was saved.", "category": "The category was saved.", "made": "The category was made."}


@dataclass(frozen=True, slots=True)
class Refused:
    """Which form was refused, or gone back to, and how it is shown again. `slug` names a category's form."""

    deed: str
    slug: str
    form: Form


@router.get("/admin")
async def show_admin(request: Request, asks: Asking, saved: str = "", category: str = "") -> Response:
    """The page; `saved` and `category` say what was just stored."""
    return await _show(asks, notice=(saved, category))


@router.post("/admin")
async def change_admin(request: Request, asks: Asking) -> Response:
    """One of the page's forms: `do` is `site`, `category` or `new-category`; or back to one, from what it would do."""
    sent = await forms.read(request)
    if sent.deed in BACK_TO:
        return await _show(asks, Refused(BACK_TO[sent.deed], sent.value("category"), foreseeing.typed_again(sent)))
    deeds = {"site": _site, "category": _category, "new-category": _new_category}
    about_moderators = category_moderators.is_about_moderators(sent.deed)
    deed = category_moderators.change if about_moderators else deeds.get(sent.deed)
    if deed is None:
        raise invalid("/do", "must be one of this page's buttons")
    outcome = await deed(asks, sent)
    if isinstance(outcome, Response):
        return outcome
    named = "moderators" if about_moderators else sent.deed
    refused = Refused(named, sent.value("category"), sent.again(outcome, labels=LABELS))
    return await _show(asks, refused, status=outcome.status)


async def _show(
    asks: Asks, refused: Refused | None = None, *, notice: tuple[str, str] = ("", ""), status: int = 200
) -> Response:
    """The page from a fresh read, with a refused form as it was typed."""

    def load(session: Session, actor: Actor) -> tuple[Frame, AdminPage]:
        check_administers(actor)
        site, categories = queries.get_site(session), category_queries.list_categories(session, actor)
        about = (refused.slug, refused.form) if refused and refused.deed == "moderators" else None
        moderators = category_moderators.lists(session, categories, about, notice)
        return around(session, actor, "/admin"), _view(site, list(categories), refused, notice, moderators)

    framed, view = await asks.read(load)
    return page("admin.html", framed, view, status=status)


def _view(
    site: Site,
    categories: list[Category],
    refused: Refused | None,
    notice: tuple[str, str],
    moderators: Mapping[str, Moderators],
) -> AdminPage:
    saved, slug = notice
    site_form = forms.fresh(_site_values(site), notice=SAVED["site"] if saved == "site" else None)
    inherits = {f"{name}_mode": "inherit" for name in TERMS}
    empty = forms.fresh({**inherits, "visibility": "public"})
    refused_new = refused.form if refused and refused.deed == "new-category" else empty
    return AdminPage(
        site=refused.form if refused and refused.deed == "site" else site_form,
        registrations=REGISTRATIONS,
        visibilities=VISIBILITIES,
        modes=MODES,
        site_modes={kind: choices[1:] for kind, choices in MODES.items()},
        categories=tuple(
            replace(
                _category_form(category, site, refused, saved if category.slug == slug else ""),
                moderators=moderators[category.slug],
            )
            for category in categories
        ),
        new_category=CategoryForm(refused_new, None, "", _inherited(site)),
    )


def _site_values(site: Site) -> dict[str, str]:
    plain = {"name": site.name, "registration": site.registration, "max_depth": str(site.max_depth)}
    plain["hold_first_posts"] = str(site.hold_first_posts)
    closing = {"author_may_close": "on" if site.author_may_close else "", "version": str(site.version)}
    further = after_closing.values_of(site) | moderation_settings.values_of(site)
    return plain | closing | further | terms.values_of(site, top=True)


def _category_form(category: Category, site: Site, refused: Refused | None, saved: str) -> CategoryForm:
    values = {name: getattr(category, name) for name in ("name", "slug", "description", "visibility")}
    form = forms.fresh(values | {"version": str(category.version)} | terms.values_of(category), notice=SAVED.get(saved))
    if refused and refused.deed == "category" and refused.slug == category.slug:
        form = refused.form
    return CategoryForm(form, category.slug, category.name, _inherited(site))


def _inherited(site: Site) -> dict[str, str]:
    """What a category inherits, in words, by the term."""
    moments = {name: terms.at_words(getattr(site, name)) for name in terms.MOMENTS}
    spans = {name: terms.in_days(getattr(site, name)) for name in terms.SPANS}
    return {**moments, **spans, terms.COUNT: terms.in_replies(site.close_after_replies),
            terms.WAIT: terms.in_minutes(site.slow_mode)}  # fmt: skip


async def _site(asks: Asks, sent: forms.Sent) -> Response | Problem:
    read = (after_closing.read(sent), moderation_settings.read(sent))
    plain = {
        "name": sent.value("name"),
        "registration": sent.value("registration"),
        "max_depth": _count(sent, "max_depth"),
        "hold_first_posts": _count(sent, "hold_first_posts"),
        "author_may_close": bool(sent.value("author_may_close")),
    }
    wrong = next((found for found in read if isinstance(found, Invalid)), None)
    further = {name: value for found in read if not isinstance(found, Invalid) for name, value in found.items()}
    changes = wrong or _changes(sent, ChangeSite, plain | further)

    def work(session: Session, actor: Actor) -> Answer:
        exact = _exactly(sent, changes, queries.get_site(session))
        operations.change_site(session, actor, exact, sent.number("version"))
        return see_other("/admin?saved=site#site")

    return await foreseeing.foresee(asks, sent, changes, None) or await forms.attempt(asks, sent, work)


def _exactly(sent: forms.Sent, changes: dict[str, Any] | Invalid, stored: ClosingTerms) -> dict[str, Any] | Invalid:
    """The changes, with terms that were not touched as they are stored: no input shows seconds."""
    return changes if isinstance(changes, Invalid) else changes | terms.untouched(sent, stored, TERMS)


def _count(sent: forms.Sent, name: str) -> int | str:
    """A whole number as it was typed; what is none stays as it is, for the setting's own rule to refuse."""
    number = sent.number(name)
    return sent.value(name) if number is None else number


async def _category(asks: Asks, sent: forms.Sent) -> Response | Problem:
    slug = sent.value("category")
    changes = _changes(sent, ChangeCategory, _category_fields(sent))

    def work(session: Session, actor: Actor) -> Answer:
        exact = _exactly(sent, changes, category_queries.get_category(session, actor, slug))
        category_operations.change_category(session, actor, slug, exact, sent.number("version"))
        return see_other(f"/admin?saved=category&category={slug}#category-{slug}")

    return await foreseeing.foresee(asks, sent, changes, slug) or await forms.attempt(asks, sent, work)


async def _new_category(asks: Asks, sent: forms.Sent) -> Response | Problem:
    slug = sent.value("slug")
    changes = _changes(sent, MakeCategory, _category_fields(sent) | ({"slug": slug} if slug else {}))

    def work(session: Session, actor: Actor) -> Answer:
        made = category_operations.make_category(session, actor, changes)
        return see_other(f"/admin?saved=made&category={made.slug}#category-{made.slug}")

    return await forms.attempt(asks, sent, work)


def _category_fields(sent: forms.Sent) -> dict[str, Any]:
    return {name: sent.value(name) for name in ("name", "description", "visibility")}


def _changes(
    sent: forms.Sent, kind: type[ChangeSite | ChangeCategory], fields: Mapping[str, Any]
) -> dict[str, Any] | Invalid:
    """The columns to set, or the refusal that the operation raises in its turn."""
    closing = terms.read_terms(sent, TERMS)
    if isinstance(closing, Invalid):
        return closing
    model = sent.model(kind, {**fields, "closing": closing})
    return model if isinstance(model, Invalid) else model.changes()
