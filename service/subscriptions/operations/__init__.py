"""Every write to subscriptions, mentions and read marks. Subscriptions are a person's own and make no events.

choosing (levels) · writing (what replying and editing bring with them) · reading (read marks)
"""

from service.subscriptions.operations.choosing import (
    choose_level,
    choose_level_on_category,
    choose_level_on_tag,
    give_up,
    give_up_category,
    give_up_choice,
    give_up_tag,
    set_level,
)
from service.subscriptions.operations.reading import mark_thread_read
from service.subscriptions.operations.writing import follow_after_reply, note_mentions

__all__ = [
    "choose_level",
    "choose_level_on_category",
    "choose_level_on_tag",
    "follow_after_reply",
    "give_up",
    "give_up_category",
    "give_up_choice",
    "give_up_tag",
    "mark_thread_read",
    "note_mentions",
    "set_level",
]
