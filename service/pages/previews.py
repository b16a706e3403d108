"""The preview without scripts: a text as its post would show it, drawn by the renderer that stores it."""

from functools import partial

from markupsafe import Markup

from service.accounts.current import Asks
from service.kit.errors import Invalid, invalid
from service.kit.text import render
from service.pages.forms import Sent
from service.pages.rendering import trusted
from service.threads.schemas import body_text


def draw(typed: str, known: frozenset[str], level: int) -> Markup | Invalid:
    """The text rendered, or the rule it breaks. Slow (some milliseconds): call it off the event loop."""
    try:
        return trusted(render(body_text(typed), "preview", level=level, known=known))
    except ValueError as error:
        return invalid("/body", str(error))


async def preview(asks: Asks, sent: Sent, *, level: int = 3) -> Markup | Invalid:
    """The preview of a form's `body`; headings begin at `level`."""
    if sent.refusal is not None:
        return sent.refusal
    return await asks.prepare_text(partial(draw, level=level), sent.values.get("body", ""))
