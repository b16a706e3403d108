"""reactions: what people say of a post with one button.

Words: *reaction* (one of a closed list of names: like, thanks, agree, disagree, funny), *post* (a thread's opening or a
reply). Invariants: of each name a person gives a post one at most, and none to their own posts; how many there are
stands in the post's row and is counted anew in SQL with the thread's row held, so that it is never wrong; a reaction
tells nobody and makes no new version (its event says that what is kept of the page is true no more, and not whose it
was); an archived thread takes none, and a closed one takes none where the site's `close_also` says so, but those there
are stay visible. The table and its queries are in the room `threads`, because both kinds of posts show them.
"""
