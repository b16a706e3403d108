"""What the worker does about notifications.

telling (an audience, chunk by chunk) · sending (each letter) · composing (what a letter says) · bodies (posts in it)
· pushing (each message to a browser).
"""

from service.notifications.jobs.composing import compose
from service.notifications.jobs.pushing import PUSH_RETRIES, give_up_push, push
from service.notifications.jobs.sending import RETRIES, deliver, give_up
from service.notifications.jobs.telling import ask, notify
from service.notifications.jobs.threads import CLOSED_BECAUSE

__all__ = [
    "CLOSED_BECAUSE", "PUSH_RETRIES", "RETRIES", "ask", "compose", "deliver", "give_up", "give_up_push", "notify",
    "push",
]  # fmt: skip
