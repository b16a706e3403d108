"""A reply as its own screens are addressed: by its number, or by its id while it waits for one."""

from dataclasses import dataclass

from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound
from service.replies.queries import ReplySeen, get_reply, get_reply_by_number
from service.threads.queries import ThreadSeen, get_thread


@dataclass(frozen=True, slots=True)
class Addressed:
    """Which reply a screen is about. An id stays good when the reply is published meanwhile and takes a number."""

    thread_id: int
    number: int | None = None
    reply_id: int | None = None

    @property
    def words(self) -> str:
        """The reply, as its screens name it."""
        return "your reply" if self.number is None else f"reply {self.number}"

    @property
    def draft(self) -> str:
        """The name of its edit in the browser's storage."""
        return f"edit-{self.thread_id}-{f'waiting-{self.reply_id}' if self.number is None else self.number}"

    def find(self, session: Session, actor: Actor) -> tuple[ThreadSeen, ReplySeen]:
        """The thread and the reply, for one who may read its text; NotFound otherwise."""
        seen = get_thread(session, actor, self.thread_id)
        if self.number is not None:
            found = get_reply_by_number(session, actor, self.thread_id, self.number)
        else:
            found = get_reply(session, actor, self.reply_id or 0)
        if found.is_stub or found.reply.thread_id != self.thread_id:
            raise NotFound("There is no such reply")
        return seen, found
