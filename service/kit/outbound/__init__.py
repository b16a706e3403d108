"""The one way out over HTTP, for addresses that somebody else chose: a webhook's, a push service's.

`Outbound.send(Sending) -> Outcome`. Whatever goes wrong is told as data; nothing here raises for what the other side
does. The rules (docs/guides/configure.md says them to operators):

* https; http only to networks that `PARLEY_OUTBOUND_ALLOW` names;
* the name is looked up once, every address it has must be public, and the connection goes to one that was looked at,
  while the Host header, the name in TLS and its certificate stay those of the name: nothing can be moved in between;
* a redirect is a failure, no cookie is kept, no proxy of the environment is used;
* 15 seconds in all, 64 KB of the answer, 256 KB of the request.
"""

from service.kit.outbound.addresses import Network
from service.kit.outbound.client import Outbound, Refused, Sending, read_url
from service.kit.outbound.outcome import Failure, Outcome

__all__ = ["Failure", "Network", "Outbound", "Outcome", "Refused", "Sending", "read_url"]
