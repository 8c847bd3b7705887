"""What the ServiceAccount says, held against what this container was given."""

from collections.abc import Iterator
from dataclasses import replace

from probe import rights
from probe.evidence import AccountFacts, Source
from probe.findings.add_on_remedies import add_on_remedies
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.kubernetes_reason import RACE_SECONDS, Reason, reason_of
from probe.findings.kubernetes_remedies import annotate, look_at_webhook, restart_owner, unset_role
from probe.findings.kubernetes_view import WEB_IDENTITY_VOLUME, KubernetesView
from probe.findings.shell import quoted
from probe.findings.words import when
from probe.report import Finding, Remedy, Tool
from probe.secret import MASK, printable

STEP = "kubernetes.service-account"
_LONGEST_ARN = 2048
_RIGHTS = {"kubernetes.pod": rights.OWN, "kubernetes.webhook": rights.WEBHOOK}


def not_injected(case: Case) -> Iterator[Finding]:
    """The ServiceAccount names a role, and this container has neither variable."""
    view = KubernetesView(case)
    account = view.account
    if account is None or view.role_arn is None or _is_given_one(case) or not _may_be_meant(case):
        return
    reason = reason_of(case)
    why = reason.text if reason else "its objects do not tell why"
    finding = found(
        "identity-not-injected",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The ServiceAccount {_name(account)} names a role and this container was not given it: {why}.",
        evidence=[*_written(account), *_pod_line(view), *_webhook_line(view)],
        remedies=reason.remedies if reason else _look(case),
    )
    finding = replace(finding, becomes_certain_with=_open(view, reason))
    yield replace(finding, severity=Severity.WARNING) if _has_keys_of_its_own(case) else finding


def _is_given_one(case: Case) -> bool:
    return case.web_identity is not None or case.container is not None


def _may_be_meant(case: Case) -> bool:
    return case.evidence.wanted.source in {None, Source.WEB_IDENTITY}


def _has_keys_of_its_own(case: Case) -> bool:
    """Whether static keys or a profile stand before web identity anyway, and nobody said that it is expected."""
    others = (Source.ENVIRONMENT, Source.SHARED_CONFIG)
    return case.evidence.wanted.source is None and any(case.gave_keys(one) for one in others)


def _look(case: Case) -> tuple[Remedy, ...]:
    return (restart_owner(case, "Make new pods, and see whether they get it."), look_at_webhook())


def _open(view: KubernetesView, reason: Reason | None, *steps: str) -> str | None:
    """Say which reads would settle the reason, where it is open."""
    if reason is not None and reason.is_sure:
        return None
    unread = [f"`get` on {step.partition('.')[2]} ({_RIGHTS[step]})" for step in view.unread(*(steps or _RIGHTS))]
    if unread:
        return f"For the reason: {' and '.join(unread)}."
    return "For the reason: a new pod of the same workload, and the API server's log on `failed calling webhook`."


def _name(account: AccountFacts) -> str:
    return f"{account.namespace}/{account.name}"


def _written(account: AccountFacts) -> Iterator[str]:
    by = f" by {account.annotated_by}" if account.annotated_by else ""
    since = f", last written{by} on {when(account.annotated)}" if account.annotated is not None else ""
    yield f"annotation eks.amazonaws.com/role-arn is {account.role_arn}{since}"
    if account.created is not None:
        yield f"the ServiceAccount was created on {when(account.created)}"


def _pod_line(view: KubernetesView) -> Iterator[str]:
    if view.pod is not None and view.pod.created is not None:
        yield f"the pod was created on {when(view.pod.created)}"


def _webhook_line(view: KubernetesView) -> Iterator[str]:
    webhook = view.webhook
    if webhook is None or not webhook.exists:
        return
    quiet = ": a pod that it could not see starts without a word" if webhook.failure_policy == "Ignore" else ""
    yield f"{webhook.name} is there, failurePolicy {webhook.failure_policy or 'not set'}{quiet}"
    if webhook.sibling_authority is not None and webhook.authority == webhook.sibling_authority:
        yield f"its caBundle is that of {webhook.sibling}"


def annotation_missing(case: Case) -> Iterator[Finding]:
    """Web identity is expected, or still in use, and the ServiceAccount names no role."""
    view = KubernetesView(case)
    if view.account is None or view.role_arn is not None:
        return
    if case.evidence.wanted.source == Source.WEB_IDENTITY and not _is_given_one(case):
        yield found(
            "identity-annotation-missing",
            certainty=CERTAIN if view.is_eks else LIKELY,
            step=STEP,
            summary=f"Web identity is expected, and the ServiceAccount {_name(view.account)} names no role.",
            evidence=[_no_role(view.account), *_pod_line(view)],
            remedies=(
                *add_on_remedies(case, case.expected.role_arn),
                annotate(case, case.expected.role_arn),
                restart_owner(case, "Then make new pods."),
            ),
        )
    elif view.pod is not None and WEB_IDENTITY_VOLUME in view.pod.volumes and case.given.is_set("AWS_ROLE_ARN"):
        yield _annotation_gone(case, view.account)


def _no_role(account: AccountFacts) -> str:
    there = "is empty" if account.role_arn is not None else "is not there"
    return f"annotation eks.amazonaws.com/role-arn {there}"


def _annotation_gone(case: Case, account: AccountFacts) -> Finding:
    finding = found(
        "identity-annotation-missing",
        certainty=LIKELY,
        step=STEP,
        summary=f"The ServiceAccount {_name(account)} names no role any more: this pod has what the webhook once gave "
        "it, and the next one gets nothing.",
        evidence=[_no_role(account), f"AWS_ROLE_ARN is {case.given.variables.get('AWS_ROLE_ARN')}"],
        becomes_certain_with="Whether the webhook takes roles from a ConfigMap of its own (only where you run it "
        "yourself).",
        remedies=(
            *add_on_remedies(case, case.given.variables.get("AWS_ROLE_ARN")),
            annotate(case, case.given.variables.get("AWS_ROLE_ARN")),
        ),
    )
    return replace(finding, severity=Severity.WARNING)


def stale(case: Case) -> Iterator[Finding]:
    """The pod runs with another role than its ServiceAccount names. Why is certain only where the pod was read."""
    view = KubernetesView(case)
    own = printable(case.given.variables.get("AWS_ROLE_ARN", ""), _LONGEST_ARN).strip()
    named, account = view.role_arn, view.account
    if account is None or named is None or not own or _is_same(own, named) or MASK in named or not _is_text(case):
        return
    bare, early = view.pod is not None and WEB_IDENTITY_VOLUME not in view.pod.volumes, _is_early(view)
    summary = f"This pod has the role {own}; its ServiceAccount {_name(account)} names {named} by now."
    if bare:
        summary = f"AWS_ROLE_ARN is set by hand to {own}; the ServiceAccount's role, {named}, is not used."
    elif early:
        summary = (
            f"This pod has the role {own}, though its ServiceAccount {_name(account)} named {named} before the pod was "
            "made: AWS_ROLE_ARN is set by hand, or the webhook was late to know."
        )
    finding = found(
        "identity-stale",
        certainty=CERTAIN,
        step=STEP,
        summary=summary,
        evidence=[f"AWS_ROLE_ARN is {own}", *_written(account), *_pod_line(view)],
        remedies=_give_new_role(case, by_hand=bare),
    )
    finding = finding if bare else replace(finding, becomes_certain_with=_open(view, None, "kubernetes.pod"))
    settled = bare or early or case.evidence.wanted.role_arn == own
    yield replace(finding, severity=Severity.WARNING) if settled else finding


def _give_new_role(case: Case, *, by_hand: bool) -> tuple[Remedy, ...]:
    if by_hand:
        return unset_role(case), restart_owner(case, "Then make new pods.")
    return (
        restart_owner(case, "Variables are fixed when a pod is created: make new pods."),
        replace(unset_role(case), text="If new pods have the old role too, it is set by hand: take it out."),
    )


def _is_same(own: str, named: str) -> bool:
    """Whether both are one role: a webhook that you run yourself takes names as well (--compose-role-arn)."""
    return own == named or (not named.startswith("arn:") and own.endswith(f":role/{named.removeprefix('/')}"))


def _is_text(case: Case) -> bool:
    return "AWS_ROLE_ARN" not in case.given.undecodable_variables


def _is_early(view: KubernetesView) -> bool:
    """Whether the annotation was as it is long before the pod was made: a webhook that knew it would have taken it."""
    created, annotated = view.pod.created if view.pod else None, view.account.annotated if view.account else None
    return created is not None and annotated is not None and created - annotated > RACE_SECONDS


def unused(case: Case) -> Iterator[Finding]:
    """The ServiceAccount names a role, and Pod Identity is what was injected."""
    view = KubernetesView(case)
    if view.account is None or view.role_arn is None or case.container is None or not case.container.is_agent:
        return
    if case.given.is_set("AWS_ROLE_ARN") or case.given.is_set("AWS_WEB_IDENTITY_TOKEN_FILE"):
        return
    namespace, account = quoted(case.namespace), quoted(case.service_account)
    yield found(
        "identity-annotation-unused",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The ServiceAccount {_name(view.account)} names {view.role_arn}, and this pod has Pod Identity: the "
        "association decides the role, not the annotation.",
        evidence=_written(view.account),
        remedies=(
            Remedy(
                text="Keep one of the two. To stay with Pod Identity, take the annotation away, so that nobody debugs "
                "the wrong role.",
                command=f"kubectl -n {namespace} annotate serviceaccount {account} eks.amazonaws.com/role-arn-",
                tool=Tool.KUBECTL,
                privileged=True,
            ),
        ),
    )


RULES = (not_injected, annotation_missing, stale, unused)
