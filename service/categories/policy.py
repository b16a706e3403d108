"""Who may see and moderate which category. Pure."""

from service.categories.models import Category
from service.kit.actor import Actor


def visible_to(actor: Actor) -> tuple[str, ...]:
    """The visibilities that this actor may see. A token without the scope `read` sees what a guest sees."""
    if "read" not in actor.scopes or actor.role == "guest":
        return ("public",)
    return ("public", "members", "staff") if actor.is_at_least("moderator") else ("public", "members")


def also_visible(actor: Actor) -> tuple[int, ...]:
    """The ids of the categories that this actor may see whatever their visibility: those that they moderate."""
    if not actor.moderated or "read" not in actor.scopes or actor.is_at_least("moderator"):
        return ()
    return tuple(sorted(actor.moderated))


def moderated_by(actor: Actor) -> tuple[int, ...]:
    """The ids of the categories in which this actor, who does not moderate them all, may act as a moderator."""
    if not actor.moderated or "moderate" not in actor.scopes or actor.moderates_all:
        return ()
    return tuple(sorted(actor.moderated))


def may_see(actor: Actor, category: Category) -> bool:
    """Whether the actor may see this category."""
    return category.visibility in visible_to(actor) or category.id in also_visible(actor)
