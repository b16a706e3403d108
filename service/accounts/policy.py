"""Who may do what to an account. Pure; each check raises a named Problem. The first checks are in `kit.actor`."""

from service.kit.actor import check_administers, check_moderates, check_scope, check_signed_in

__all__ = ["check_administers", "check_moderates", "check_scope", "check_signed_in"]
