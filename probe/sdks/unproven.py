"""What the models share that no real SDK has borne out: read in source and documentation, never run.

So each of these steps is careful: it tells keys from none, and where only the SDK itself could tell, it says so.
"""

from collections.abc import Callable, Collection
from dataclasses import replace

from probe.evidence import Source
from probe.parse.endpoint import ContainerUri
from probe.sdks import container, sts, tokens
from probe.sdks.chain import FOR_EVER, Answer, Kind, gives, passes, slips, stops, unseen, waited
from probe.sdks.container import Allowed, AllowList, Target
from probe.sdks.imds_time import after_imds
from probe.sdks.metadata import Client, Put, ask_imds
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token
from probe.sdks.view import KEY_ID, SECRET_KEY, SSO_KEYS, Profile, View
from probe.sdks.waiting import Tries

UNTIMED = Tries(connect=None, read=None)
"""A client whose timeouts nobody has established."""
_ROLE_KEYS = ("role_arn", "source_profile", "credential_source", "web_identity_token_file")
_VERSION_1_OFF = "AWS_EC2_METADATA_V1_DISABLED"
Failed = Callable[[str], Answer]
"""What a failure of a source comes to: `slips` where the SDK goes on, `fails` where it stops."""


def fails(because: str) -> Answer:
    """The SDK raises, and its text is not known."""
    return Answer(kind=Kind.STOPS, because=because)


def exhausted(answer: Answer, text: str | None) -> Answer:
    """Give the end of a chain its text, or none where it is not known."""
    return replace(answer, text=text) if answer.kind is Kind.EXHAUSTED else answer


def environment(view: View) -> Answer:
    """Take the static keys, both halves or nothing."""
    has_id, has_secret = view.is_set("AWS_ACCESS_KEY_ID"), view.is_set("AWS_SECRET_ACCESS_KEY")
    if has_id and has_secret:
        return gives(Source.ENVIRONMENT, "the keys in the environment come first", view.keys.access_key_hint)
    return slips("half a key pair in the environment does not count") if has_id or has_secret else passes()


def profile_keys(view: View, profile: Profile) -> Answer:
    """Take a profile's keys. Roles, logins and programs of a profile are nothing that the walk tried."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    if profile.has_any(*_ROLE_KEYS, *SSO_KEYS, "login_session", "credential_process"):
        return unseen(f"the profile {profile.name} names a role, a login or a program; nobody tried that")
    if profile.paired is not None:
        return gives(Source.SHARED_CONFIG, f"the profile {profile.name} has keys", profile.paired.access_key_hint)
    half = profile.has_any(KEY_ID, SECRET_KEY)
    return slips(f"the profile {profile.name} has half a key pair, which does not count") if half else passes()


def exchange(
    view: View, told_by: str, *hosts: str, failed: Failed, retries: Collection[str], client: Tries = UNTIMED
) -> Answer:
    """Exchange a token at an STS host. Of several hosts it may be any one: then they have to agree."""
    if not sts.was_walked(view, told_by):
        return unseen("it uses another role or token file than the probe did")
    token = tokens.token_of(view, "web-identity.token")
    early = _token_answer(token, failed)
    if early is not None:
        return early
    replies = [sts.ask_sts(view, host, sts.Way.EITHER, retries=retries) for host in hosts]
    if len({(reply.kind, reply.code) for reply in replies}) > 1:
        return unseen("which STS endpoint it calls has not been established, and that makes the difference")
    reply = replies[0]
    answer = waited(_sts_answer(reply, token, failed), client.seconds(reply))
    return sts.through(view, hosts[0], sts.Way.EITHER, answer)


def _sts_answer(reply: Reply, token: Token, failed: Failed) -> Answer:
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.WEB_IDENTITY, reply.because)
    if not token.is_whole:
        return failed("no STS takes a token of this shape")
    return unseen(reply.because) if reply.kind is ReplyKind.UNSEEN else failed(reply.because)


def _token_answer(token: Token, failed: Failed) -> Answer | None:
    if token.read is Read.UNSEEN:
        return unseen(token.because)
    if token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    return failed(token.because) if token.read is not Read.READ else None


def endpoint(
    view: View, followed: Target, allowed: AllowList, token: Token | None, *, failed: Failed, client: Tries = UNTIMED
) -> Answer:
    """Ask the container endpoint with a token, or with none."""
    if not isinstance(followed.uri, ContainerUri):
        return unseen(f"{followed.variable} is not a usable URI; what it makes of that has not been established")
    judged = Allowed.YES if followed.is_relative else allowed.judges(view, followed.uri)
    if judged is Allowed.UNSEEN:
        return unseen(f"it looks {followed.uri.host} up and judges the addresses, which nobody saw")
    if judged is not Allowed.YES:
        return failed(f"{followed.variable} names a host that it sends no token to")
    early = _token_answer(token, failed) if token is not None else None
    if early is not None:
        return early
    if token is not None and token.has_line_break is not False:
        return unseen("the token has a line break or white space in it; what it makes of that has not been established")
    reply = container.ask(view, followed, token)
    return waited(_keys(reply, Source.CONTAINER, failed), client.seconds(reply))


def imds(view: View, client: Client, *, known: Collection[Put], setting: str | None) -> Answer:
    """Ask IMDS, the last source. `known` are the failures of a token PUT after which it is known what it does.

    `setting` is the profile's `ec2_metadata_v1_disabled`: nobody established how these SDKs read the switch.
    """
    asked = ask_imds(view, client, version_1_off=False)
    if asked.failed_put is not None and asked.put is not Put.TOKEN:
        if asked.put not in known:
            return unseen(f"{asked.failed_put.because}; what it does then has not been established")
        if view.is_set(_VERSION_1_OFF) or setting is not None:
            return unseen("no token comes, and how it reads the switch for IMDSv1 has not been established")
    return after_imds(_keys(asked.reply, Source.IMDS, passes), client, asked)


def _keys(reply: Reply, source: Source, failed: Failed) -> Answer:
    """Judge an answer that should be keys. Which fields an SDK can do without is not known of these."""
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if reply.kind is ReplyKind.KEYS and not reply.missing:
        return gives(source, reply.because, reply.hint)
    partly = (
        reply.kind in {ReplyKind.KEYS, ReplyKind.UNUSABLE} and not reply.not_json and reply.code in {None, "Success"}
    )
    if partly and not reply.missing & {"AccessKeyId", "SecretAccessKey"}:
        return unseen(f"{reply.because}; whether it does without the rest has not been established")
    return failed(reply.because)
