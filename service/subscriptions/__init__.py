"""subscriptions: how closely a person follows a thread.

Words: *level* (watching: told of every reply and of the closing; normal: told of nothing; muted: told of nothing,
whatever they do in the thread), *audience* (the people a thread's news goes to). Invariants: who opened a thread
watches it without a row; who replies gets a row unless there is one; a level that somebody chose is never overwritten
by what they do; the audience is asked anew each time and holds nobody who may not see the thread.
"""
