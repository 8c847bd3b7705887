"""How long an SDK that is told no region asks IMDS for one, before it calls STS or anything else."""

from dataclasses import replace

from probe.sdks.imds_time import imds_seconds
from probe.sdks.metadata import Client, Metadata, Stage, ask_imds
from probe.sdks.reply import ReplyKind
from probe.sdks.view import View


def region_seconds(view: View, client: Client) -> float | None:
    """Return how long a client asks for the region, which IMDS tells in one request after the token."""
    asked = _asked(view, client)
    if asked is None:
        return 0.0
    # The role and its keys are two requests, the region is one.
    stage = Stage.ROLE if asked.stage is Stage.KEYS else asked.stage
    return imds_seconds(client, replace(asked, stage=stage))


def token_seconds(view: View, client: Client) -> float | None:
    """Return how long a client asks for the token alone, without which it does not ask for the region."""
    asked = _asked(view, client)
    return 0.0 if asked is None else imds_seconds(client, replace(asked, stage=Stage.TOKEN))


def _asked(view: View, client: Client) -> Metadata | None:
    """Return what IMDS comes to; None where a token is given or nothing is asked, which takes no time."""
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        return None
    asked = ask_imds(view, client, version_1_off=False)
    takes_no_time = asked.failed_put is None and asked.reply.kind is not ReplyKind.UNSEEN
    return None if takes_no_time else asked
