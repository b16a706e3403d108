"""A post's HTML for letters: whole addresses, no names that a page would style, and the few styles that mail keeps."""

from collections.abc import Callable
from typing import Final

from service.kit.text.render import TAGS
from service.kit.text.sanitiser import Allowed, sanitise

KEPT: Final = {
    "a": {"href"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}, "div": {"role", "aria-label", "tabindex"},
}  # fmt: skip
"""Attributes that mean something in a letter. Ids do not: nobody can point into a letter."""

EDGE: Final = "1px solid #8b8374"
"""A line that can be seen on light and on dark paper."""

STYLES: Final = {
    "blockquote": f"margin:16px 0;padding:0 0 0 14px;border-left:3px solid {EDGE.rpartition(' ')[2]}",
    "pre": f"margin:16px 0;padding:10px 12px;border:{EDGE};border-radius:4px;overflow-x:auto;"
    "white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 Menlo,Consolas,monospace",
    "code": "font-family:Menlo,Consolas,monospace;font-size:0.9em",
    "div": "overflow-x:auto",
    "table": "border-collapse:collapse;overflow-wrap:normal",
    "th": f"border:{EDGE};padding:4px 8px;text-align:start",
    "td": f"border:{EDGE};padding:4px 8px",
    "ul": "padding-left:24px",
    "ol": "padding-left:24px",
    "hr": f"border:0;border-top:{EDGE}",
    "sup": "line-height:0",
    "section": f"margin:24px 0 0;border-top:{EDGE};font-size:0.85em",
    **{f"h{level}": "margin:24px 0 8px;font-size:1.1em;line-height:1.3" for level in range(2, 7)},
}
"""How elements look where no style sheet is: mail programs keep the attribute `style` and little else."""


LOOKS: Final = {tag: {"style": style} for tag, style in STYLES.items()}
ALLOWED: Final = Allowed(TAGS, {}, KEPT, rel="nofollow noopener", fixed=LOOKS)


def for_mail(html: str, resolve: Callable[[str], str]) -> str:
    """A rendered post as it may stand in a letter, sanitised once more.

    `resolve` gives the whole address of a path on this site (`/u/bob`) or of a place on the post's page (`#reply-3`);
    other addresses are whole already.
    """

    def check(tag: str, name: str, value: str) -> str | None:
        return resolve(value) if name == "href" and value.startswith(("/", "#")) else value

    return sanitise(html, ALLOWED, check)
