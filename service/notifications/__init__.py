"""notifications: what people are told, on the site and by mail.

Words: *notification* (what one person is told about one subject), *subject* (`reply:45`, or one closing of a thread),
*reason* (why this person), *delivery* (bringing a notification to one address), *preference* (mail on or off).
Invariants: one notification per person, subject and kind, and one delivery of it per channel, whatever is repeated,
edited or approved again; nobody is told of their own deed; whether it is still wanted is asked again at the moment of
sending; no transaction is open while a letter is on its way; every delivery ends as sent, failed, dead or skipped,
with the answer that ended it; a letter has one Message-ID for all its attempts.
"""
