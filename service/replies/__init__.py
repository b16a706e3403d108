"""replies: what people answer in a thread.

Words: *number* (permanent, from 1 in the order of publication, never reused), *parent* (the reply it stands under),
*depth* (0 to the site's `max_depth` - 1), *stub* (what stays of a deleted reply that others answered). Invariants:
a reply is stored only by the statement that finds its thread open; numbers, counters and the idle anchor move in that
statement; a parent stands in the same thread.
"""
