"""Every write to accounts, by subject; one verb, one function.

    registering  register · make_admin          own        begin_own_change · end_own_change
    first_admin  offer · claim · register       roles      change_role
    signing_in   begin_sign_in · end_sign_in    sessions   open · end · touch · forget
    tokens       make_token · revoke_token
"""

from service.accounts.operations.first_admin import claim_first_admin, offer_first_admin, register_first_admin
from service.accounts.operations.own import OwnChange, begin_own_change, end_own_change
from service.accounts.operations.registering import Newcomer, make_admin, register
from service.accounts.operations.roles import change_role
from service.accounts.operations.sessions import end_session, forget_ended, open_session, touch
from service.accounts.operations.signing_in import Attempt, Place, begin_sign_in, end_sign_in
from service.accounts.operations.tokens import TokenWish, make_token, revoke_token

__all__ = [
    "Attempt", "Newcomer", "OwnChange", "Place", "TokenWish", "begin_own_change", "begin_sign_in", "change_role",
    "claim_first_admin", "end_own_change", "end_session", "end_sign_in", "forget_ended", "make_admin", "make_token",
    "offer_first_admin", "open_session", "register", "register_first_admin", "revoke_token", "touch",
]  # fmt: skip
