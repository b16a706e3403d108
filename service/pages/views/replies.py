"""The views of replies on a thread's page: tuples, because a page makes a hundred of them."""

from typing import NamedTuple

from markupsafe import Markup

from service.pages.views.flags import FlagMark
from service.pages.views.moderation import Menu, Standing
from service.pages.views.reactions import Reactions
from service.pages.views.thread import Earlier, EditWaiting


class ReplyView(NamedTuple):
    """One reply in its place, without what stands under it. A stub has no text and no author; it keeps others in place.

    `number` is None while it waits for its first publication; `anchor` is its id on the page; `moderation` is its
    state. `begins` says that others stand under it, `ends` is the end of the lists that end with it. `standing` is
    there where not everybody sees it, `edit` for an edit that waits and that the reader knows of.
    """

    number: int | None
    anchor: str
    moderation: str
    url: str
    is_stub: bool
    author_username: str | None
    author_name: str
    body_html: Markup
    created: Markup
    edited: Markup | None
    revisions_url: str | None
    posted_while_closed: bool
    in_reply_to: Earlier | None
    begins: bool
    ends: Markup
    standing: Standing | None = None
    edit: EditWaiting | None = None


class Deeds(NamedTuple):
    """What stands under a reply for its reader: the addresses are there for who may; `menu` is for moderators."""

    number: int | None = None
    anchor: str = ""
    reply_url: str | None = None
    quote_url: str | None = None
    edit_url: str | None = None
    delete_url: str | None = None
    reactions: Reactions | None = None
    flag: FlagMark | None = None
    menu: Menu | None = None


NO_DEEDS = Deeds()
