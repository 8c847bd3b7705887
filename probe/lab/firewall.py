"""nftables rules made from data: each value is checked before it becomes part of a rule."""

import ipaddress
from collections.abc import Iterable, Iterator

from probe.lab.scenario import Rule
from probe.lab.topology import NODE_4, NODE_6

DIVERT_PORT = 8181
"""Where kube2iam listens: a diverting rule that outlives it leads to a port where nobody is."""
_VERDICTS = {
    "drop": "drop",
    "reset": "meta l4proto tcp reject with tcp reset",
    "admin-prohibited": "reject with icmpx type admin-prohibited",
    "host-unreachable": "reject with icmpx type host-unreachable",
    "net-unreachable": "reject with icmpx type no-route",
    "port-unreachable": "reject with icmpx type port-unreachable",
}
_METHODS = {"GET": "0x47455420", "PUT": "0x50555420"}
"""The first four bytes of a request."""


def ruleset(rules: Iterable[Rule]) -> str:
    """Return an nftables script. Every rule stands in the chains for forwarded, arriving and leaving packets.

    Raises ValueError for what is no address, port, action or method that it knows.
    """
    kept = tuple(rules)
    filters = [_filter(rule) for rule in kept if rule.action != "divert"]
    diverts = [line for rule in kept if rule.action == "divert" for line in _divert(rule)]
    chains = [
        *(_chain(hook, f"type filter hook {hook} priority 0", filters) for hook in ("forward", "input", "output")),
        *(
            _chain(f"divert-{hook}", f"type nat hook {hook} priority -100", diverts)
            for hook in ("prerouting", "output")
            if diverts
        ),
    ]
    return "table inet probe-lab {\n" + "\n".join(chains) + "\n}\n"


def _chain(name: str, hook: str, lines: list[str]) -> str:
    return "\n".join([f"  chain {name} {{", f"    {hook}; policy accept;", *(f"    {line}" for line in lines), "  }"])


def _match(rule: Rule) -> str:
    """Say which packets are meant."""
    side, port_side = ("saddr", "sport") if rule.replies else ("daddr", "dport")
    if rule.to == "*":
        parts = ["meta l4proto tcp"]
    else:
        address = ipaddress.ip_address(rule.to)
        parts = [f"{'ip6' if address.version == 6 else 'ip'} {side} {address}"]
    if rule.port is not None:
        parts.append(f"tcp {port_side} {int(rule.port)}")
    if rule.method is not None:
        parts.append(f"meta l4proto tcp @ih,0,32 {_known(_METHODS, rule.method)}")
    return " ".join(parts)


def _filter(rule: Rule) -> str:
    if rule.action == "loss":
        return f"{_match(rule)} numgen random mod 100 < {int(rule.percent)} drop"
    if rule.action == "longer-than":
        return f"{_match(rule)} meta length > {int(rule.size)} drop"
    return f"{_match(rule)} {_known(_VERDICTS, rule.action)}"


def _divert(rule: Rule) -> Iterator[str]:
    if ipaddress.ip_address(rule.to).version == 6:
        yield f"{_match(rule)} meta l4proto tcp dnat ip6 to [{NODE_6}]:{DIVERT_PORT}"
    else:
        yield f"{_match(rule)} meta l4proto tcp dnat ip to {NODE_4}:{DIVERT_PORT}"


def _known(table: dict[str, str], word: str) -> str:
    if word not in table:
        raise ValueError(f"a rule knows {', '.join(table)}, not {word!r}")
    return table[word]
