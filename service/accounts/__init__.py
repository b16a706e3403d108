"""accounts: people, how they sign in, their sessions and API tokens, their roles; and who is asking.

Words: *account* (a person's), *session* (one signed-in browser), *token* (a program's credential, with scopes),
*role* (member < moderator < admin). Invariants: passwords are stored as argon2id only, session and token secrets as
SHA-256 only; a revoked credential fails from the next request on; a username is unique also among its look-alikes;
a site that has an admin never loses its last one. Signing in and out are no events: they say where a person was.
"""
