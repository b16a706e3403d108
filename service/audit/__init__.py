"""audit: the log of what was done, read by moderators and admins.

Words: *entry* (an event of the event table, with who did it and the decision behind it), *chain* (the hashes that tie
the entries together; `kit.chain` compares them). Invariants: nothing here changes an entry; only the hashed addresses
beside them are erased, after the time that the site's settings say, and that breaks no link. Who moderates a category
finds what happened in it, and nothing else; what concerns one person's credentials is for admins.
"""
