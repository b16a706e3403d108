"""Who may see which category. Pure."""

from service.kit.actor import Actor


def visible_to(actor: Actor) -> tuple[str, ...]:
    """The visibilities that this actor may see. A token without the scope `read` sees what a guest sees."""
    if "read" not in actor.scopes or actor.role == "guest":
        return ("public",)
    return ("public", "members", "staff") if actor.is_at_least("moderator") else ("public", "members")
