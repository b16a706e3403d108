"""drafts: what people have begun to write in a thread and not posted, kept for all their devices.

Words: *draft* (one person's unposted reply to one thread, as it was typed: never rendered, shown to nobody else).
Invariants: one draft for each person and thread; `created_at` is when it was begun, and stays through every change
until the draft is discarded or its reply is posted; a thread that closed keeps taking drafts, so that nothing typed is
lost; an account's `has_drafts` says whether there is any, so that who has none costs no query.
"""
