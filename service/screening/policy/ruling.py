"""Who may see and change which rule. Pure."""

from service.kit.actor import Actor, check_moderates_some
from service.kit.errors import NotAllowed


def may_rule(actor: Actor, category_id: int | None) -> bool:
    """Whether the actor may see and change the rules of a category, or with None those of the whole site."""
    return actor.moderates_all if category_id is None else actor.moderates_in(category_id)


def check_may_rule(actor: Actor, category_id: int | None) -> None:
    """Raise NotSignedIn or NotAllowed unless `may_rule`."""
    check_moderates_some(actor)
    if not may_rule(actor, category_id):
        raise NotAllowed("You may make rules for the categories that you moderate: name one of them")
