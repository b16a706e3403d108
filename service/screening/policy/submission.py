"""What is screened, what a rule finds in it, and what follows. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal

from service.kit.actor import Actor
from service.kit.sender import NOWHERE, Sender
from service.kit.text.look_alikes import Disguised

Kind = Literal["thread", "reply", "edit"]
Outcome = Literal["publish", "hold", "spam", "reject", "refuse"]

OUTCOMES: Final[tuple[Outcome, ...]] = ("publish", "hold", "spam", "reject", "refuse")


@dataclass(frozen=True, slots=True)
class Submission:
    """A post as it was sent in. `role` is its author's in this category: who moderates it is a `moderator` here.

    `hosts` are the hosts of its links to other sites, in order and as often as they are linked to; `html` is the text
    as it is shown, where words are looked for that the typed one hides. `thread_id` is None for a new thread; `title`
    is empty for a reply.
    """

    kind: Kind
    category_id: int
    role: str = "member"
    thread_id: int | None = None
    title: str = ""
    body: str = ""
    hosts: tuple[str, ...] = ()
    username: str = ""
    sender: Sender = NOWHERE
    html: str = ""
    _folded: dict[str, Disguised] = field(default_factory=dict, compare=False, repr=False)

    def disguised(self, text: str) -> Disguised:
        """A text of this submission, folded once for all rules that search it."""
        if (found := self._folded.get(text)) is None:
            found = self._folded[text] = Disguised(text)
        return found


def role_in(actor: Actor, category_id: int) -> str:
    """The role of somebody who posts in a category: who moderates it is a moderator there, with any credential."""
    return "moderator" if actor.role == "member" and actor.is_moderator_in(category_id) else actor.role


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a post's author and of what they posted before; None where no rule asked, or nobody knows.

    `age` is the account's; `made` is how many posts they have submitted before, and `published` how many of those were
    published (both counted as far as a rule needs). `recent` is how many they submitted within the window of the rule
    against floods, and `first_url` where the same text stands that they posted within the window of the rule against
    duplicates. `host_uses` says how long ago young accounts linked to each of the submission's hosts.
    """

    display_name: str = ""
    mail_domain: str = ""
    age: timedelta | None = None
    made: int | None = None
    published: int | None = None
    recent: int | None = None
    first_url: str | None = None
    host_uses: Mapping[str, Sequence[timedelta]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a field of the submission, in characters of the text as it was typed."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What made a rule catch a post: where the text matched, if it was the text, and the inputs it looked at.

    A span is given where the place was found in what was typed; words that only the rendered text has have none.
    """

    span: Span | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def evidence(self) -> dict[str, Any]:
        """The finding as a decision keeps it (JSON)."""
        at = {"span": [self.span.field, self.span.start, self.span.end]} if self.span else {}
        return at | {"inputs": dict(self.inputs)}
