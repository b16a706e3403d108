"""tags: words that threads share across categories.

Words: *name* (the tag as it was first typed, which is how it is shown everywhere), *slug* (its name in addresses, by
which two spellings are one tag). Invariants: slugs are unique and follow from the name alone, so that a page links a
tag without asking the database; a tag is made by using it and stays when nobody uses it any more, but then it is
listed nowhere. How many threads have a tag is a question about threads that a reader may see: `threads.queries.tags`.
"""
