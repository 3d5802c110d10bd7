"""Names looked up in DNS, by the rules by which Prometheus finds targets.

Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#dns_sd_config. The name servers,
search domains and options are those of resolv.conf(5), read anew each time.
"""

from collections.abc import Sequence
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

RESOLV_CONF = "/etc/resolv.conf"
_LIFETIME_S = 5.0  # of one name asked of all servers, each of which has two seconds
_DEFAULT_NDOTS = 1


class LookupFailed(Exception):
    """No server said whether there is such a name."""


async def look_up(name: str, kind: str, *, resolv_conf: str = RESOLV_CONF, port: int = 53) -> Sequence[Any]:
    """Return the records of a name, as dnspython has them; none when it is not there or has none of this kind.

    Search domains are tried in turn: the first that knows the name answers, and one that cannot be asked matters only
    when no other knows it. Truncated answers are asked for again over TCP. Raises LookupFailed.
    """
    try:
        resolver = dns.asyncresolver.Resolver(resolv_conf)
        names = _candidates(name, resolver)
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise LookupFailed(f"{kind} {name}: {error}") from None
    resolver.port = port
    failure: dns.exception.DNSException | None = None
    for each in names:
        try:
            return list(await resolver.resolve(each, kind, search=False, lifetime=_LIFETIME_S))
        except dns.resolver.NXDOMAIN:
            continue
        except dns.resolver.NoAnswer:
            return []
        except dns.exception.DNSException as error:
            failure = error
    if failure is not None:
        raise LookupFailed(f"{kind} {name}: {failure}")
    return []


def _candidates(name: str, resolver: dns.asyncresolver.Resolver) -> list[dns.name.Name]:
    """Return the absolute names to ask for: one with enough dots is asked for as it is before search domains."""
    given = dns.name.from_text(name, None)
    if given.is_absolute():
        return [given]
    as_it_is = given.concatenate(dns.name.root)
    searched = [given.concatenate(each) for each in resolver.search]
    has_dots = len(given) > (_DEFAULT_NDOTS if resolver.ndots is None else resolver.ndots)
    return [as_it_is, *searched] if has_dots else [*searched, as_it_is]
