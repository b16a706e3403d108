"""notifications: what people are told, on the site and by mail.

Words: *notification* (what one person is told about one subject), *subject* (`reply:45`, a thread's opening, or one
closing of it), *reason* (why this person: mentioned comes before answered, and that before watching), *delivery*
(bringing a notification by one channel), *letter* (what is sent to one person's address: it gathers deliveries until
the first attempt seals it), *bounce* (a letter that came back), *preference* (how one wants to be told), *link* (the
way out that every letter carries).
Invariants: one notification per person, subject and kind, and one delivery of it per channel, whatever is repeated,
edited or approved again; nobody is told of their own deed, of what they muted, or of what they may not read; whether a
letter is still wanted is asked again at the moment of sending; no transaction is open while it is on its way; every
delivery ends as sent, failed, dead or skipped, with the answer that ended it; a letter has one Message-ID for all its
attempts; no delivery joins a sealed letter; a period has one digest; no letter goes in its person's quiet hours; a link
works without signing in, for one person and one thread or list, and does nothing when it is only looked at.
"""
