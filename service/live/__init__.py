"""Live: what happens in a thread, told to those who have it open, in order, with no gap and no repeat.

A **stream** is one open answer of `text/event-stream`; who cannot hold one asks now and then for a page of events. Both
go by **position**. An event names ids, never a text: what was posted is loaded through the actor, as everywhere.
Nothing is written here; `service/kit/broadcast.py` reads for all streams of the process, and `look` says what each
of them may hear.
"""
