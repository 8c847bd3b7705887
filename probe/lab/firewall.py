"""nftables rules made from data: each value is checked before it becomes part of a rule."""

import ipaddress
from collections.abc import Iterable, Iterator

from probe.lab.scenario import Rule

DEAD_PORT = 8181
"""Where kube2iam listened: a diverting rule that outlived it leads to a port where nobody is."""
_VERDICTS = {
    "drop": "drop",
    "reset": "meta l4proto tcp reject with tcp reset",
    "admin-prohibited": "reject with icmpx type admin-prohibited",
    "host-unreachable": "reject with icmpx type host-unreachable",
    "port-unreachable": "reject with icmpx type port-unreachable",
}


def ruleset(rules: Iterable[Rule], *, divert_to: str) -> str:
    """Return an nftables script. Every rule stands in the chains for forwarded, arriving and leaving packets."""
    kept = tuple(rules)
    filters = [line for rule in kept if rule.action != "divert" for line in _filter(rule)]
    diverts = [line for rule in kept if rule.action == "divert" for line in _divert(rule, divert_to)]
    chains = [
        *(_chain(hook, f"type filter hook {hook} priority 0", filters) for hook in ("forward", "input", "output")),
        *(
            _chain(f"divert-{hook}", f"type nat hook {hook} priority -100", diverts)
            for hook in ("prerouting", "output")
        ),
    ]
    return "table inet probe-lab {\n" + "\n".join(chains) + "\n}\n"


def _chain(name: str, hook: str, lines: list[str]) -> str:
    return "\n".join([f"  chain {name} {{", f"    {hook}; policy accept;", *(f"    {line}" for line in lines), "  }"])


def _match(rule: Rule) -> str:
    address = ipaddress.ip_address(rule.to)
    family = "ip6" if address.version == 6 else "ip"
    side = "saddr" if rule.replies else "daddr"
    port = f" tcp {'sport' if rule.replies else 'dport'} {int(rule.port)}" if rule.port is not None else ""
    return f"{family} {side} {address}{port}"


def _filter(rule: Rule) -> Iterator[str]:
    if rule.action == "loss":
        yield f"{_match(rule)} numgen random mod 100 < {int(rule.percent)} drop"
    elif rule.action == "longer-than":
        yield f"{_match(rule)} meta length > {int(rule.size)} drop"
    else:
        yield f"{_match(rule)} {_VERDICTS[rule.action]}"


def _divert(rule: Rule, to: str) -> Iterator[str]:
    address = ipaddress.ip_address(to)
    yield f"{_match(rule)} dnat {'ip6' if address.version == 6 else 'ip'} to {address}:{DEAD_PORT}"
