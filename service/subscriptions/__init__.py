"""subscriptions: whom a thread's news concern: who follows it how closely, and who is mentioned in it.

Words: *level* (watching: told of every reply and of the closing; normal: told where one is mentioned or answered;
muted: told of nothing, whatever happens), *mention* (a post names a person with an @), *audience* (the people some news
go to). Invariants: who opened a thread watches it without a row; who replies gets a row unless there is one; a level
that somebody chose is never overwritten by what they do; the mentions of a post are those of its text as it stands;
the audience is asked anew each time, in one statement, and holds nobody who may not see the thread or who muted it.
"""
