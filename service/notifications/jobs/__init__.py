"""What the worker does about notifications.

telling (an audience, chunk by chunk) · sending (each letter) · composing (what a letter says) · bodies (posts in it).
"""

from service.notifications.jobs.composing import compose
from service.notifications.jobs.sending import RETRIES, deliver, give_up
from service.notifications.jobs.telling import notify
from service.notifications.jobs.threads import CLOSED_BECAUSE

__all__ = ["CLOSED_BECAUSE", "RETRIES", "compose", "deliver", "give_up", "notify"]
