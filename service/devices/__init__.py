"""devices: the browsers that a person wants push messages on.

Words: *device* (one browser, with its address at its maker's push service), *key* (the site's public key, which a
browser subscribes with). Invariants: a device is whoever's turned push on there last, so nobody gets another's news on
a shared browser; it goes with the session in which it was turned on, so signing out anywhere ends its push at once;
what a push service calls gone is forgotten; addresses and keys are never shown again. Devices make no events.
"""
