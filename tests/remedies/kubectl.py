"""A `kubectl` command held against the pinned kubectl: verb, options, jsonpath, patches. Nothing is sent anywhere."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import chain

from tools import kubectl

NESTED = {"auth": 2, "create": 2, "create secret": 3, "rollout": 2, "set": 2, "top": 2}
"""How many words a verb has that has verbs of its own."""
BUILT_IN = {
    *("cronjob", "daemonset", "daemonsets", "deployment", "deployments", "events", "job", "namespace", "node", "nodes"),
    *("networkpolicies", "networkpolicy", "pod", "pods", "service", "serviceaccount", "statefulset", "secret"),
    *("configmap", "endpointslices", "mutatingwebhookconfiguration", "mutatingwebhookconfigurations", "all"),
}
OF_A_PRODUCT = {
    *("ec2nodeclass", "ciliumnetworkpolicies", "podmonitor"),
    *("podmonitors.monitoring.coreos.com", "prometheuses.monitoring.coreos.com"),
}
"""Where the product is not installed, kubectl refuses the whole command and shows nothing of other kinds."""
WITH_KIND = {"get", "describe", "delete", "patch", "annotate", "label"}
PLACE = re.compile(r"(-n|--namespace|-l|--selector|-o|--output|-p|--patch|--type|--field-selector|--sort-by|-L)$")
"""Options whose value is the next word, where a kind could be taken for it."""


def kubectl_mistakes(words: list[str]) -> list[str]:
    """Return what kubectl would not take of a command; words[0] is `kubectl`."""
    own = words[1 : words.index("--") if "--" in words else None]
    named = [word for word in _positional(own) if word]
    if not named:
        return ["no verb"]
    verb = " ".join(named[: max(NESTED.get(named[0], 1), NESTED.get(" ".join(named[:2]), 1))])
    return [*_kind_mistakes(named, verb), *_option_mistakes(verb, _options(own)), *_value_mistakes(own)]


def _positional(words: list[str]) -> Iterator[str]:
    before = ""
    for word in words:
        if not word.startswith("-") and not PLACE.match(before):
            yield word
        before = word


def _options(words: list[str]) -> tuple[tuple[str, ...], ...]:
    """Return the options in order, each with the word behind it, which may be its value.

    Names become `x`, and the namespace is left out: so few commands differ, and kubectl is asked seldom.
    """
    found: set[tuple[str, ...]] = set()
    for word, after in zip(words, [*words[1:], "--"], strict=True):
        if len(word) > 1 and word.startswith("-") and word != "-n":
            value = after if after.isdigit() or word == "--type" else "x"
            found.add((word,) if len(after) > 1 and after.startswith("-") else (word, value))
    return tuple(sorted(found))


def _kind_mistakes(named: list[str], verb: str) -> Iterator[str]:
    place = 1 if verb in WITH_KIND else 2 if verb in {"rollout restart", "rollout pause", "set env"} else None
    if place is None:
        return
    kinds = named[place].partition("/")[0].split(",") if len(named) > place else [""]
    yield from (f"unknown kind {kind!r}" for kind in kinds if kind not in BUILT_IN | OF_A_PRODUCT)
    if len(kinds) > 1:
        yield from (f"not every cluster has {kind}" for kind in kinds if kind in OF_A_PRODUCT)


@cache
def _option_mistakes(verb: str, options: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Ask kubectl itself: it reads all options before it tells the help of the verb that it has understood."""
    command = [str(kubectl.program("kubectl")), *verb.split(), *chain.from_iterable(options), "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        return (told.stderr.splitlines()[0],)
    return () if f"\n  kubectl {verb} " in told.stdout else (f"no verb {verb!r}",)


def _value_mistakes(words: list[str]) -> Iterator[str]:
    for before, word in zip(["", *words], words, strict=False):
        template = re.match(r"(?:-o=?|--output=)?jsonpath=(.*)", word, re.DOTALL)
        if template:
            yield from _template_mistakes(template[1])
        elif before in {"-p", "--patch"}:
            json.loads(word)
        elif word == "None":
            yield "a value is missing"


@cache
def _template_mistakes(template: str) -> tuple[str, ...]:
    """Let kubectl read a jsonpath, on an object of which nothing is asked but to exist."""
    local = ["patch", "--local", "--type=merge", "--patch={}", "--filename=-", f"--output=jsonpath={template}"]
    thing = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    command = [str(kubectl.program("kubectl")), *local]
    told = subprocess.run(command, input=json.dumps(thing), capture_output=True, text=True, check=False)
    ill_formed = "error parsing jsonpath" in told.stderr
    return (told.stderr.splitlines()[0],) if ill_formed else ()
