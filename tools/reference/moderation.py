"""`docs/reference/moderation.md`: the states of a post, every step between them, and who may take it."""

from collections.abc import Mapping
from typing import Final

from service.screening.policy import BACK, DEEDS, DISMISS, STATES, STEPS, Deed
from tools.reference.prose import opening, table

INTRODUCTION: Final = """
A post, which is a thread\u2019s opening or a reply, is in one of six states. Every step between them is in the first
table; all others answer 409 `invalid-transition`. A post in the spam or in the trash goes back to where it came from.
Each step is a decision: it can be undone through the log, in whatever order.
"""

MAY: Final = {
    "guest": "401 `not-signed-in`",
    "member": "403 `not-allowed`",
    "author of the post": "403 `not-allowed`; may delete it",
    "silenced": "403 `not-allowed`",
    "suspended": "403 `suspended`",
    "moderator of the category": "yes, of posts by people below them",
    "moderator": "yes, of posts by people below them",
    "admin": "yes, of posts by people below them",
}
"""What becomes of somebody who asks for a step with a post that they may see; of one that they may not, 404."""

WHO: Final = """
## Who may

Who may not see the post is answered 404 before all. *Hide*, *reject*, *spam* and *trash* take a post from its author:
nobody takes one from somebody else of an equal or a higher role. Their own posts everybody in this table who may take
steps may move as they like.
"""


def outcome_of(state: str, action: str) -> str | None:
    """The state that a step leads to; None where there is no such step.

    `state` may say behind a comma where the post came from: `spam, once shown`, `trashed, never shown`.
    """
    now, _, came = state.partition(", ")
    steps: Mapping[tuple[str, str], str] = {(came, by): to for (came, by), to in STEPS.items()}
    after = steps.get((now, action))
    if after != BACK:
        return after
    return {"never shown": "pending", "once shown": "published", "once hidden": "hidden"}[came]


def cell(state: str, action: Deed) -> str:
    """What the table says of one step."""
    if action == DISMISS:
        return "" if state == "pending" else "stays, where a review is open"
    after = STEPS.get((state, action), "")
    return "where it came from" if after == BACK else after


def page() -> str:
    """The page."""
    steps = table(("state", *DEEDS), [(f"`{state}`", *(cell(state, each) for each in DEEDS)) for state in STATES])
    who = table(("who", "every step"), list(MAY.items()))
    return f"{opening('Moderation', INTRODUCTION)}\n{steps}\n{WHO}\n{who}\n"
