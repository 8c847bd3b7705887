"""How long an SDK is busy with IMDS before it has keys, or none."""

from dataclasses import replace

from probe.sdks.chain import Answer, together, waited
from probe.sdks.metadata import Client, Metadata, Stage
from probe.sdks.reply import ReplyKind


def after_imds(answer: Answer, client: Client, asked: Metadata) -> Answer:
    """Add to an answer that the node role was asked for, and how long that took."""
    return replace(waited(answer, imds_seconds(client, asked)), asks_imds=True)


def imds_seconds(client: Client, asked: Metadata) -> float | None:
    """Return how long an SDK is busy with IMDS."""
    if asked.stage is Stage.ENDPOINT:
        return 0.0
    if asked.put is None or asked.reply.kind is ReplyKind.UNSEEN:
        return None
    if asked.failed_put is None:
        return client.get.seconds(asked.reply)
    put = client.put.taken(asked.failed_put, repeated=asked.put in client.retries)
    if put is None or asked.stage in {Stage.TOKEN, Stage.WITHOUT_TOKEN}:
        return put
    return _after_put(client, asked, put)


def _after_put(client: Client, asked: Metadata, put: float) -> float | None:
    """Return the time of a failed PUT and of the requests without a token that follow it."""
    reply = asked.reply
    again = client.asks_after_401 and reply.status == 401
    repeated = again or client.get.repeats(reply)
    if again or client.asks_each_time:
        one = client.get.taken(reply, repeated=repeated, before_each=put)
        # The role and its keys are two requests.
        whole = one if one is None or asked.stage is not Stage.KEYS else one + put
    else:
        whole = together([put, client.get.taken(reply, repeated=repeated)])
    return None if whole is None else min(whole, client.limit)
