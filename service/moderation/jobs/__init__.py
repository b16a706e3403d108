"""What the worker does for moderation: emptying the trash · asking a program elsewhere about posts that wait."""

from service.moderation.jobs.asking import RETRIES, ask_outside, give_up_asking, tell_outside
from service.moderation.jobs.purging import AT_ONCE, KEPT, PURGE, purge

__all__ = ["AT_ONCE", "KEPT", "PURGE", "RETRIES", "ask_outside", "give_up_asking", "purge", "tell_outside"]
