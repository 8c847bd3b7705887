"""What every command that walks takes on its command line."""

from probe.arguments import Parser, add_need_arguments, role_arn, seconds
from probe.evidence import Source
from probe.walk import DEFAULT_DEADLINE

NOTHING = "none"
"""What `--expect` says where no credentials are meant to be."""


def add_walk_arguments(parser: Parser) -> None:
    """Declare what is expected, how long a walk lasts, and what it asks for besides the chain."""
    sources = ", ".join((*Source, NOTHING))
    parser.add_argument(
        "--expect",
        choices=(*map(str, Source), NOTHING),
        metavar="SOURCE",
        help=f"where the credentials must come from: {sources} (default: what is configured)",
    )
    parser.add_argument("--expect-role", type=role_arn, metavar="ARN", help="the role that the pod must run as")
    parser.add_argument(
        "--deadline",
        type=seconds(1, 300),
        default=DEFAULT_DEADLINE,
        metavar="SECONDS",
        help="end a walk after this long (default: %(default)g)",
    )
    parser.add_argument("--no-sts", action="store_true", help="do not ask STS whose the keys are")
    add_need_arguments(parser)
