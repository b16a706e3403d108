"""subscriptions: whom a thread's news concern: who follows it how closely, who is mentioned in it, who has read it.

Words: *level* (watching: told of everything; watching_first: of new threads; tracking: new replies are counted; normal:
told where one is mentioned, answered or quoted; muted: told of nothing), *effective level* (the one that holds on a
thread: its own, else its author's, its tags', its category's), *mention* (a post names a person with an @, or quotes
them), *audience* (the people some news may concern, with all that decides), *read mark* (how far one has read).
Invariants: who opened a thread watches it without a row; who replies gets a row unless there is one; a level that
somebody chose is never overwritten by what they do, and nothing that they do makes them hear less; the mentions of a
post are those of its text as it stands; the audience is asked anew each time, all about its people in one statement,
and holds nobody who may not see the thread; a read mark never goes back.
"""
