"""New texts that wait for a moderator, as they are kept (JSON), and ready to be applied again."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from service.accounts.queries import known_names
from service.kit.text import RENDERER_VERSION, typed_names
from service.threads.operations.writing import REPLY_LEVEL, Written, as_stored, write_text


def kept_text(text: Written) -> dict[str, Any]:
    """A text that was made ready, with all that applying it needs."""
    return {
        "body": text.body, "body_html": text.body_html, "contents": text.contents,
        "mentioned": list(text.mentioned), "quoted": [list(each) for each in text.quoted],
        "renderer": RENDERER_VERSION,
    }  # fmt: skip


def text_of(kept: Mapping[str, Any]) -> Written:
    """The text that was kept."""
    quoted = tuple((each[0], each[1]) for each in kept["quoted"])
    return Written(kept["body"], kept["body_html"], list(kept["contents"]), tuple(kept["mentioned"]), quoted)


def written_again(session: Session, body: str, body_format: str, level: int = REPLY_LEVEL) -> Written:
    """A text that a post has had before, made ready once more: some milliseconds within the unit of work, which only
    taking an edit back costs.
    """
    known = known_names(session, typed_names(body))
    return as_stored(write_text(body, level, known), body_format, level)
