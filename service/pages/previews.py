"""The preview without scripts: a text as its post would show it, drawn by the renderer that stores it."""

from functools import partial

from markupsafe import Markup

from service.accounts.current import Asks
from service.kit.errors import Invalid, invalid
from service.kit.text import render
from service.kit.text.html import render_html
from service.pages.forms import Sent
from service.pages.rendering import trusted
from service.threads.schemas import body_text


def draw(typed: str, known: frozenset[str], level: int, *, is_html: bool) -> Markup | Invalid:
    """The text rendered, or the rule it breaks. Slow (some milliseconds): call it off the event loop."""
    try:
        body = body_text(typed)
    except ValueError as error:
        return invalid("/body", str(error))
    if is_html:
        return trusted(render_html(body, "preview", level=level))
    return trusted(render(body, "preview", level=level, known=known))


async def preview(asks: Asks, sent: Sent, *, level: int = 3, is_html: bool = False) -> Markup | Invalid:
    """The preview of a form's `body`, which `is_html` where an import brought the post; headings begin at `level`."""
    if sent.refusal is not None:
        return sent.refusal
    return await asks.prepare_text(partial(draw, level=level, is_html=is_html), sent.values.get("body", ""))
