"""Reading WordPress's export files (WXR, an RSS 2.0 with its own elements), of any length, in little memory.

    export = Export(path)
    for post in export.posts(): …     # posts, pages and whatever else, in the order of the file
    export.blog                       # complete once the file has been read to its end

Nothing is kept of what was read but the post at hand, and of its comments only their heads; their texts wait in a
temporary file. Document type definitions and entities are refused (defusedxml).
"""

from service.kit.wordpress.export import Broken, Export
from service.kit.wordpress.items import LONGEST, Blog, Comment, Comments, Post, Term

__all__ = ["LONGEST", "Blog", "Broken", "Comment", "Comments", "Export", "Post", "Term"]
