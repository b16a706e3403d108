"""What stands around the items of the queue: its tabs with their numbers, what may be looked for, and the notices."""

from typing import Final

from service.categories.queries import list_categories
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound
from service.moderation.models import FLAG_REASONS, FLAGGED
from service.moderation.queries import MOST_COUNTED, WAITING, Sought, count_reviews, find_post, rule_names
from service.moderation.queries.appeals import appeals_waiting
from service.pages import forms, moderating, undoing
from service.pages.queue_items import place_in_site, what_of
from service.pages.queue_many import posts
from service.pages.queue_place import APPEALS, REVIEWS, TABS, Place, Told
from service.pages.views.frame import Choice
from service.pages.views.moderation import Tab
from service.pages.views.queue import Done, Filters

EMPTY: Final = {
    WAITING: "Nothing waits. Posts come here that a rule holds, and edits of posts that a rule would hold.",
    FLAGGED: "Nothing is flagged. What readers complain of comes here.",
    "hidden": "Nothing is hidden.",
    "spam": "Nothing is marked as spam.",
    "rejected": "Nothing was rejected.",
    "trash": "The trash is empty. Deleted posts lie here for 30 days, then their text goes for good.",
}
NONE_FOUND: Final = "Nothing in this list is as you look for it."
WAITED: Final = {"1h": "more than an hour", "1d": "more than a day", "7d": "more than a week"}
ANY: Final = Choice("", "Any")
UNDONE: Final = "undone"
DONE: Final = moderating.DONE | {UNDONE: "Undone"}


def tabs_of(session: Session, actor: Actor, place: Place) -> tuple[Tab, ...]:
    """The lists, with how many wait in those of reviews and of appeals."""
    counts = {name: count_reviews(session, actor, Sought(state=name), MOST_COUNTED) for name in REVIEWS}
    tabs = [
        Tab(f"{label}{_in_brackets(counts.get(name, 0))}", place.tab(name).url(), name == place.show)
        for name, label in TABS.items()
    ]
    appeals = _in_brackets(appeals_waiting(session, actor))
    tabs.insert(len(REVIEWS), Tab(f"Appeals{appeals}", "/mod/appeals", place.show == APPEALS))
    return tuple(tabs)


def _in_brackets(count: int) -> str:
    return f" ({in_short(count)})" if count else ""


def in_short(count: int) -> str:
    """A number that was not counted to its end."""
    return str(count) if count < MOST_COUNTED else "99+"


def waiting_words(session: Session, actor: Actor, place: Place, sought: Sought) -> str:
    """How many wait in the list as it is looked through; empty where none do, or where nothing waits in it."""
    count = count_reviews(session, actor, sought, MOST_COUNTED) if place.of_reviews else 0
    if not count:
        return ""
    return "One waits, since" if count == 1 else f"{in_short(count)} wait, the oldest since"


def empty_words(place: Place) -> str:
    """What is said where there is nothing."""
    return NONE_FOUND if place.filters else EMPTY[place.show]


def filters_of(session: Session, actor: Actor, place: Place) -> Filters:
    """What may be looked for in this list."""
    categories = [each for each in list_categories(session, actor) if actor.moderates_in(each.id or 0)]
    return Filters(
        form=forms.fresh(place.filters),
        show="" if place.show == WAITING else place.show,
        categories=(ANY, *(Choice(each.slug, each.name) for each in categories)),
        rules=(ANY, *(Choice(str(rule_id), name) for rule_id, name in rule_names(session))) if place.of_reviews else (),
        reasons=(ANY, *(Choice(each, each.capitalize()) for each in FLAG_REASONS)) if place.of_reviews else (),
        ages=(ANY, *(Choice(age, words) for age, words in WAITED.items())) if place.of_reviews else (),
        clear_url=Place(place.show).url() if place.filters else None,
    )


def done_of(session: Session, actor: Actor, told: Told) -> Done | None:
    """What was decided just now: an action and a post, whose author and title are said; or how many posts."""
    if told.done not in DONE:
        return None
    if told.count is not None:
        return Done(many_done(told), undo=undoing.undo_at(session, actor, told.entry))
    try:
        seen = find_post(session, actor, told.thread or 0, told.reply)
    except NotFound:
        return None
    gone = seen.post.moderation == "trashed" or seen.thread.moderation == "trashed"
    words = f"{DONE[told.done]}: {what_of(seen).lower()} by {seen.author_name or 'Anonymous'}"
    undo = undoing.undo_of(session, actor, seen) if told.done != UNDONE else None
    return Done(words, seen.thread.title, None if gone else place_in_site(seen), undo)


def many_done(told: Told) -> str:
    """What was done to many posts just now, and how many were left as they were."""
    done = f"{DONE[told.done]}: {posts(told.count or 0)}."
    left = f"{posts(told.left).capitalize()} stayed as before: something happened meanwhile, or somebody looks at it."
    return f"{done} {left}" if told.left else done
