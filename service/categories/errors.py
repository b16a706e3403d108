"""What can go wrong with categories, beyond the common problems."""

from service.kit.errors import Conflict


class CategoryInUse(Conflict):
    """A category that holds threads, or is the last one, cannot be deleted."""

    code, title = "category-in-use", "This category is in use"
