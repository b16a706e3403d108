"""What `/settings/notifications` shows."""

from dataclasses import dataclass
from datetime import datetime

from service.pages.views.frame import Choice, Form


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of news, in words."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of news that belong together."""

    title: str
    kinds: tuple[KindRow, ...]


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """The page. The box of a kind and a channel is the form's field `kind_channel`."""

    form: Form
    groups: tuple[Group, ...]
    channels: tuple[Choice, ...]
    delays: tuple[Choice, ...]
    digests: tuple[Choice, ...]
    hours: tuple[Choice, ...]
    days: tuple[Choice, ...]
    zones: tuple[str, ...]
    on_reply: tuple[Choice, ...]
    after_reading: tuple[Choice, ...]
    stopped_at: datetime | None
    stopped_because: str
