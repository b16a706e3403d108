"""Who may see and change which rule. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from service.kit.actor import Actor, check_moderates_some
from service.kit.errors import NotAllowed, invalid
from service.kit.outbound import Refused, read_url


def may_rule(actor: Actor, category_id: int | None) -> bool:
    """Whether the actor may see and change the rules of a category, or with None those of the whole site."""
    return actor.moderates_all if category_id is None else actor.moderates_in(category_id)


def check_may_rule(actor: Actor, category_id: int | None) -> None:
    """Raise NotSignedIn or NotAllowed unless `may_rule`."""
    check_moderates_some(actor)
    if not may_rule(actor, category_id):
        raise NotAllowed("You may make rules for the categories that you moderate: name one of them")


def check_may_ask_elsewhere(actor: Actor, kind: str) -> None:
    """Raise NotAllowed where a rule sends posts to a program elsewhere, and the actor moderates only categories."""
    if kind == "external" and not actor.moderates_all:
        raise NotAllowed("Only moderators of the whole site may have a program elsewhere asked")


def check_exempts(actor: Actor, roles: Collection[str]) -> None:
    """Raise Invalid for a rule that asks posts of people who stand above the actor."""
    needed = () if actor.is_at_least("admin") else ("admin",) if actor.moderates_all else ("moderator", "admin")
    if not set(needed) <= set(roles):
        raise invalid("/exempt_roles", f"must name {' and '.join(f'“{role}”' for role in needed)}")


def asked_at(terms: Mapping[str, Any]) -> tuple[Any, ...]:
    """Who learns the secret of an external check: its protocol, and the address without its path."""
    try:
        url = read_url(str(terms["url"]))
    except Refused:
        return terms["protocol"], terms["url"]
    return terms["protocol"], url.scheme, url.host, url.port
