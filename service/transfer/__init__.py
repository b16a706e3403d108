"""transfer: bringing discussions from elsewhere into this site.

Words: *source* (where they come from: a blog's address), *item* (a post or a comment there, by its own id), *run* (one
file on its way through the website), *report* (what was found in a file, what became of it, what was strange).
Invariants: an item is imported once, however often its file is (`imported_item` is unique by source, kind and id); it
is stored in one transaction with what it became, so that an import that was broken off goes on where it was; and
nobody is told.
"""
