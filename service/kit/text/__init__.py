"""What people write, made safe and comparable: checked, rendered, flattened, folded.

`check_text` refuses what no post, title or name may hold; `render` turns Markdown into HTML that may stand in a page
as it is, with links for the people it mentions: `typed_names` says whom to look up first, `mentioned_in` who it was,
and `quoted_in` which posts it quotes.
`contents` reads a long text's headings from that, and `plain` flattens it to words; `diff` says what an edit changed;
`slugify`, `fold` and `username_key` make titles and names fit for addresses and comparison.
"""

from service.kit.text.check import check_text
from service.kit.text.contents import contents
from service.kit.text.diff import diff
from service.kit.text.mentions import mentioned_in, typed_names
from service.kit.text.names import fold, slugify, username_key
from service.kit.text.plain import plain
from service.kit.text.quotes import quoted_in
from service.kit.text.render import RENDERER_VERSION, render

__all__ = [
    "RENDERER_VERSION",
    "check_text",
    "contents",
    "diff",
    "fold",
    "mentioned_in",
    "plain",
    "quoted_in",
    "render",
    "slugify",
    "typed_names",
    "username_key",
]
