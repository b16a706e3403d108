"""What the worker does about notifications.

telling (an audience, chunk by chunk) · sending (each letter) · composing (what a letter says) · bodies (posts in it).
"""

from service.notifications.jobs.composing import CLOSED_BECAUSE, compose
from service.notifications.jobs.sending import RETRIES, deliver, give_up
from service.notifications.jobs.telling import notify

__all__ = ["CLOSED_BECAUSE", "RETRIES", "compose", "deliver", "give_up", "notify"]
