"""Every write to accounts, by subject; one verb, one function.

registering (a stranger, or the operator's admin) · first_admin (the one-time link) · signing_in and own (the two deeds
with a password, each begun and ended) · roles · sessions · tokens.
"""

from service.accounts.operations.first_admin import claim_first_admin, offer_first_admin, register_first_admin
from service.accounts.operations.own import OwnChange, begin_own_change, end_own_change
from service.accounts.operations.registering import Newcomer, make_admin, register
from service.accounts.operations.roles import change_role
from service.accounts.operations.sessions import end_session, forget_ended, is_stale, open_session, touch
from service.accounts.operations.signing_in import Attempt, Place, begin_sign_in, end_sign_in
from service.accounts.operations.tokens import TokenWish, make_token, revoke_token

__all__ = [
    "Attempt", "Newcomer", "OwnChange", "Place", "TokenWish", "begin_own_change", "begin_sign_in", "change_role",
    "claim_first_admin", "end_own_change", "end_session", "end_sign_in", "forget_ended", "is_stale", "make_admin",
    "make_token", "offer_first_admin", "open_session", "register", "register_first_admin", "revoke_token", "touch",
]  # fmt: skip
