"""What waits and what is flagged on the site of the screenshots: a queue as a moderator may find it."""

from collections.abc import Callable
from typing import Any

Ask = Callable[..., Any]
"""Asks the JSON API as somebody: `ask("mona", "POST", "/threads", title=…)`."""

HELD = (
    ("tomasz", "Cheap lamps for your reading room, this week only, and **another lamp** for who comes first."),
    ("lea", "The lamp over the press is a detail, but it dates the engraving: there was no gas in the street before."),
)
FLAGGED = "You have never held a book in your life, have you?"
REASONS = (
    ("Advertising", "{site} takes no advertising, {author}. “{title}” is not the place."),
    ("Names of others", "Please leave out the names of people who are not here to answer."),
)


def fill_queue(ask: Ask) -> None:
    """In a thread of its own a rule holds two replies, one noted, one claimed; two readers flag a third."""
    asked = "What dates this engraving of a press room?"
    thread = ask("ines", "POST", "/threads", title=asked, body="The paper says 1860; the window does not.")["id"]
    for title, body in REASONS:
        ask("mona", "POST", "/moderation/reasons", title=title, body=body)
    ask(
        "ada", "POST", "/moderation/rules", name="Advertising", kind="words", terms={"lines": ["~lamp"]},
        verdict="hold", public_reason="We take no advertising.", enabled=True, confirm=True,
    )  # fmt: skip
    for who, body in HELD:
        ask(who, "POST", f"/threads/{thread}/replies", body=body)
    said = ask("tomasz", "POST", f"/threads/{thread}/replies", body=FLAGGED)
    for who, reason in (("lea", "abusive"), ("ines", "off-topic")):
        ask(who, "POST", f"/replies/{said['id']}/flags", reason=reason)
    first, second = ask("mona", "GET", "/reviews?state=waiting")["items"]
    ask("ada", "POST", f"/reviews/{first['id']}/notes", body="The third of these since Monday.")
    ask("ada", "PUT", f"/reviews/{second['id']}/claim")
