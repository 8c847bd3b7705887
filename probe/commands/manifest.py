"""Print a manifest that puts the probe into a workload's place, with comments that say what it took over and why."""

import argparse
import re
import sys

from probe.arguments import Parser
from probe.console import Console, UsageError
from probe.input import STANDARD_INPUT, read_bounded
from probe.manifests.document import LARGEST_INPUT
from probe.manifests.images import DEFAULT_IMAGE
from probe.manifests.names import image_reference, label_name, object_name
from probe.manifests.request import METRICS_PORT, Request
from probe.secret import printable

FORMS = {
    "job": "one walk, one answer",
    "sidecar": "a patch that puts the probe beside the workload for good",
    "debug": "a kubectl debug profile, for a look from inside a running pod",
    "daemonset": "one verdict on every node",
    "cronjob": "one verdict every hour",
}
_LONGEST_NAMES = {"job": 63, "daemonset": 63, "debug": 63, "cronjob": 52}
_ONLY = {
    "node": ("job", "cronjob"),
    "schedule": ("cronjob",),
    "classic": ("sidecar",),
    "port": ("sidecar", "daemonset"),
    "name": tuple(_LONGEST_NAMES),
}
"""The options that only some forms have."""
_PORTS = range(1024, 65535)
"""Those that a container without privileges may listen on; the page needs the next one."""
_SCHEDULE = re.compile(r"@(?:hourly|daily|weekly|monthly)|[0-9A-Za-z*/,?-]{1,40}(?: [0-9A-Za-z*/,?-]{1,40}){4}")


def add_arguments(parser: Parser) -> None:
    """Declare what `probe manifest` takes."""
    parser.takes_options_between_words = True
    forms = "; ".join(f"{name}: {told}" for name, told in FORMS.items())
    parser.add_argument("form", choices=tuple(FORMS), metavar="FORM", help=forms)
    parser.add_argument(
        "--from",
        dest="source",
        default=STANDARD_INPUT,
        metavar="FILE",
        help="a workload as kubectl get KIND NAME -o yaml (or json) prints it; - reads a pipe (default: %(default)s)",
    )
    parser.add_argument("--container", metavar="NAME", help="the container in whose place to stand")
    parser.add_argument("--name", metavar="NAME", help="the name of what is made (default: after the workload)")
    parser.add_argument("--node", metavar="NAME", help="stand on this node")
    parser.add_argument(
        "--image", default=DEFAULT_IMAGE, metavar="IMAGE", help="the probe's image (default: %(default)s)"
    )
    parser.add_argument("--schedule", metavar="CRON", help="when a cronjob walks (default: once an hour)")
    parser.add_argument(
        "--classic", action="store_true", help="sidecar as an ordinary container, before Kubernetes 1.29"
    )
    parser.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help="where a sidecar or daemonset shows metrics and health, and its page on N+1 "
        f"(default: {METRICS_PORT}); for pods on the host network whose ports are taken",
    )
    parser.add_argument(
        "--as-injected",
        action="store_true",
        help="from a running pod: copy what the pod identity webhook gave it, in place of having it given anew",
    )
    parser.add_argument(
        "--with-secrets", action="store_true", help="print keys and passwords that the workload holds in plain text"
    )
    parser.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="arguments for the probe itself")


def execute(arguments: argparse.Namespace, console: Console) -> int:
    """Print the manifest; the exit code is 0."""
    request = _request(arguments)
    if arguments.source == STANDARD_INPUT and sys.stdin is not None and sys.stdin.isatty():
        raise UsageError(
            "pipe a workload in (kubectl get KIND NAME -o yaml | probe manifest …) or name its file with --from"
        )
    data = read_bounded(arguments.source, LARGEST_INPUT)
    from probe.manifests.forms import manifest_text  # noqa: PLC0415 - ruamel.yaml; --help and mistakes come before it

    text = manifest_text(
        data,
        arguments.form,
        request,
        container=arguments.container,
        as_injected=arguments.as_injected,
        with_secrets=arguments.with_secrets,
    )
    console.say(text)
    return 0


def _request(arguments: argparse.Namespace) -> Request:
    """Check everything that goes into a manifest or a command line of its comments."""
    form = arguments.form
    for option, forms in _ONLY.items():
        if getattr(arguments, option) and form not in forms:
            raise UsageError(f"--{option} is for {' and '.join(forms)}, not for {form}")
    if arguments.as_injected and form == "sidecar":
        raise UsageError("--as-injected is for a pod of its own; a sidecar shares what is injected")
    if arguments.name is not None:
        _check_name(arguments.name, form)
    if arguments.schedule is not None and _SCHEDULE.fullmatch(arguments.schedule) is None:
        raise UsageError("--schedule is not a cron expression such as '17 * * * *'")
    words = tuple(arguments.arguments)
    if not all(word.isprintable() for word in words):
        raise UsageError("the probe's arguments hold characters that cannot be printed")
    if arguments.port and any(word.startswith(("--listen", "--private-listen")) for word in words):
        raise UsageError("--port is for --listen and --private-listen; give one or the other")
    return Request(
        image=image_reference(arguments.image),
        name=arguments.name,
        node=None if arguments.node is None else object_name(arguments.node, "--node"),
        arguments=words[1:] if words[:1] in (("run",), ("serve",)) else words,
        schedule=arguments.schedule,
        classic=arguments.classic,
        port=arguments.port or METRICS_PORT,
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:6]) in _PORTS):
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is not a port from {_PORTS[0]} to {_PORTS[-1]}")
    return int(text)


def _check_name(name: str, form: str) -> None:
    label_name(name, "--name")
    if len(name) > _LONGEST_NAMES[form]:
        raise UsageError(f"--name is longer than the {_LONGEST_NAMES[form]} characters that a {form} may have")
