"""What was found in an export, what became of it, and what was strange."""

from pydantic import BaseModel, Field

from service.kit.wordpress import Post

MOST_PROBLEMS = 1_000
MOST_NAMES = 2_000
"""So many problems, and names of a kind, a report lists; of the others it says how many they are."""


class Tally(BaseModel):
    """Of one kind: how many the file holds, and of these how many were imported now and how many before."""

    found: int = 0
    imported: int = 0
    already: int = 0


class Trouble(BaseModel):
    """Something strange: with which item (`id` and `line` in the file), what, and what was done."""

    item: str
    id: int
    line: int
    title: str
    problem: str
    done: str


class Report(BaseModel):
    """An export's report.

    `comments` is by the state they have here. What is not imported is counted apart: `pingbacks`, `trackbacks`;
    `passed_over`, posts and pages by the reason; `comments_passed_over`, the comments on those; `others`, by the
    name that WordPress has for their kind.
    """

    source: str = ""
    title: str = ""
    dry_run: bool = False
    posts: Tally = Field(default_factory=Tally)
    pages: Tally = Field(default_factory=Tally)
    comments: dict[str, Tally] = Field(
        default_factory=lambda: {state: Tally() for state in ("published", "pending", "spam", "trashed")}
    )
    pingbacks: int = 0
    trackbacks: int = 0
    passed_over: dict[str, int] = Field(default_factory=dict)
    comments_passed_over: int = 0
    others: dict[str, int] = Field(default_factory=dict)
    authors: dict[str, int] = Field(default_factory=dict)
    categories: dict[str, int] = Field(default_factory=dict)
    tags: dict[str, int] = Field(default_factory=dict)
    problems: list[Trouble] = Field(default_factory=list)
    more_problems: int = 0

    def tally(self, post: Post) -> Tally:
        """The tally that counts this post or page."""
        return self.pages if post.kind == "page" else self.posts

    def remark(self, item: str, number: int, line: int, title: str, problem: str, done: str) -> None:
        """Note something strange."""
        if len(self.problems) < MOST_PROBLEMS:
            trouble = Trouble(item=item, id=number, line=line, title=title[:200], problem=problem, done=done)
            self.problems.append(trouble)
        else:
            self.more_problems += 1

    @property
    def found(self) -> int:
        """Everything that an import would bring."""
        return sum(each.found for each in self._tallies())

    @property
    def imported(self) -> int:
        """Everything that was imported now."""
        return sum(each.imported for each in self._tallies())

    @property
    def already(self) -> int:
        """Everything that an earlier import had brought."""
        return sum(each.already for each in self._tallies())

    def _tallies(self) -> list[Tally]:
        return [self.posts, self.pages, *self.comments.values()]


def count(counted: dict[str, int], name: str) -> None:
    """One more of this name; beyond MOST_NAMES names they are counted together."""
    name = name if name in counted or len(counted) < MOST_NAMES else "(others)"
    counted[name] = counted.get(name, 0) + 1
