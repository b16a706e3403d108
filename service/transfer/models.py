"""The tables of imports: what came from where, and the files that are on their way."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

MOST_SOURCE = 300
STATES = ("reading", "ready", "running", "done", "failed")


class ImportedItem(SQLModel, table=True):
    """A post or a comment of a source (`kind` is `post` or `comment`) and the thread or reply that it became.

    Pages are posts here: WordPress numbers them together. `reply_id` is null for a post.
    """

    __tablename__ = "imported_item"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("source", "kind", "external_id", name="imported_item_once"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    source: str = Field(max_length=MOST_SOURCE)
    kind: str = Field(max_length=10)
    external_id: int = Field(sa_type=BigInteger)
    thread_id: int = Field(sa_column=reference("thread.id", index=True, ondelete="CASCADE"))
    reply_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, ForeignKey("reply.id", ondelete="CASCADE"), nullable=True)
    )


class ImportRun(SQLModel, table=True):
    """A file that an admin sent: `reading` (being looked through), `ready` (the report is there), `running`, `done`
    or `failed` (`words` say why).

    `file_key` names the file in the data folder. `size` is its bytes and `place` how many of them have been dealt with
    in the present step; `counts` is what it has stored so far, `report` what was found and, at the end, what became of
    it.
    """

    __tablename__ = "import_run"
    __table_args__: ClassVar[Any] = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, sa_column=identity())
    state: str = Field(default="reading", max_length=10)
    file_key: str = Field(max_length=40)
    file_name: str = Field(max_length=200)
    size: int = Field(sa_type=BigInteger)
    place: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    report: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    words: str = Field(default="", max_length=500)
    made_by_id: int | None = Field(default=None, sa_column=reference("account.id", nullable=True))
    made_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
