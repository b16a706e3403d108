"""Every write to categories: make, change, delete, and say who moderates one. Admins only."""

from service.categories.operations.moderators import add_moderator, remove_moderator
from service.categories.operations.writing import change_category, delete_category, make_category, sure_of_category

__all__ = [
    "add_moderator", "change_category", "delete_category", "make_category", "remove_moderator", "sure_of_category",
]  # fmt: skip
