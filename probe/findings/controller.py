"""Whether the controller that was named can use the credentials that are here.

The profiles are imported only where a controller was named: every other run must not pay for them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from probe.evidence import Source
from probe.findings.agent_remedies import restart
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.container_view import ContainerView
from probe.findings.shell import quoted
from probe.report import Finding, Remedy, Tool

if TYPE_CHECKING:
    from probe.controllers import Chosen
    from probe.controllers.profile import Feature


def controller_of(case: Case) -> "Chosen | None":
    """Return the controller that was named, in its version."""
    wanted = case.evidence.wanted
    if wanted.controller is None:
        return None
    from probe.controllers import chosen  # noqa: PLC0415 - see above

    return chosen(wanted.controller, wanted.controller_version)


def sdk_too_old(case: Case) -> Iterator[Finding]:
    """The release's SDK does not know the Pod Identity agent, from which it would have to take its keys."""
    controller, view = controller_of(case), ContainerView(case)
    if controller is None or controller.takes_pod_identity is not False or not _asks_the_agent(case, view):
        return
    first = controller.first_with_pod_identity
    what = "SDK" if controller.sdk and controller.sdk.sdk else "credential code"
    finding = found(
        "controller-sdk-too-old",
        certainty=CERTAIN if view.has_keys else LIKELY,
        step="container.credentials",
        summary=f"{controller.title} cannot use Pod Identity: its {what} is too old. The first release that can "
        f"is {first}.",
        evidence=[*_built_with(controller), *view.told()],
        remedies=_upgrade(case, controller),
        sdks=(controller.sdk.sdk,) if controller.sdk and controller.sdk.sdk else (),
    )
    # Without keys from here something else fails first, and this would only be next.
    yield finding if view.has_keys else replace(finding, severity=Severity.WARNING)


def _asks_the_agent(case: Case, view: ContainerView) -> bool:
    """Whether an SDK that knew the agent would ask it: nothing before it in the chain is complete."""
    told = case.given
    web_identity = told.is_set("AWS_WEB_IDENTITY_TOKEN_FILE")
    keys = any(case.gave_keys(source) for source in (Source.ENVIRONMENT, Source.SHARED_CONFIG))
    return case.container is not None and view.is_agent and not web_identity and not keys


def _built_with(controller: "Chosen") -> Iterator[str]:
    sdk = controller.sdk
    if sdk is not None and sdk.sdk is not None:
        version = f" {sdk.sdk_version}" if sdk.sdk_version else ""
        yield f"{controller.title} is built with {sdk.sdk}{version}"
    yield f"first release with Pod Identity: {', '.join(controller.profile.pod_identity_since)}"


def _upgrade(case: Case, controller: "Chosen") -> Iterator[Remedy]:
    namespace, account = quoted(case.namespace), quoted(case.service_account)
    selectors = controller.profile.workloads[0].labels
    yield Remedy(
        text=f"Upgrade {controller.profile.title} to {controller.first_with_pod_identity} or later. The image that "
        "runs now:",
        command=f"kubectl -n {namespace} get pods -l {quoted(selectors[0])} "
        "-o jsonpath='{.items[*].spec.containers[*].image}'",
        tool=Tool.KUBECTL,
    )
    yield Remedy(
        text="Or use IRSA, which this release knows: a role that trusts the cluster's OIDC provider, named on the "
        "account. Delete the association, or it is injected again.",
        command=f"kubectl -n {namespace} annotate serviceaccount {account} "
        "eks.amazonaws.com/role-arn=ROLE_ARN --overwrite",
        tool=Tool.KUBECTL,
        privileged=True,
    )
    yield restart(case, "Then make new pods.")


def feature_unsupported(case: Case) -> Iterator[Finding]:
    """A part of the controller takes credentials from fewer sources than the one that this pod depends on."""
    controller, source = controller_of(case), case.expected.source
    if controller is None or source is None or source not in set(Source):
        return
    for feature in controller.of(controller.profile.features):
        shown = _shown_by(case, feature)
        if source in feature.accepts or (shown is None and not _may_be_in_use(case, feature, Source(source))):
            continue
        finding = found(
            "controller-feature-unsupported",
            certainty=LIKELY,
            step=None,
            source=source,
            summary=f"{controller.title}: {feature.name} does not take {source} credentials."
            if shown
            else f"If {controller.title} uses {feature.name}: that does not take {source} credentials.",
            evidence=[*([shown] if shown else []), feature.why, f"upstream: {', '.join(feature.upstream)}"],
            remedies=[Remedy(text=feature.instead)],
        )
        yield finding if shown else replace(finding, severity=Severity.NOTE)


def _shown_by(case: Case, feature: "Feature") -> str | None:
    """Return what shows that the part is in use."""
    if feature.on_fargate and case.given.pod.fargate_hints:
        return f"this is a Fargate pod: {case.given.pod.fargate_hints[0]}"
    from probe.controllers import Arguments  # noqa: PLC0415 - see above

    arguments = Arguments(case.evidence.wanted.controller_arguments)
    return next((f"the controller's flags say {one}" for one in feature.arguments if arguments.say(one)), None)


def _may_be_in_use(case: Case, feature: "Feature", source: Source) -> bool:
    """Whether a note is worth it: keys come from there, and nothing shows whether the part is used."""
    from probe.controllers import Arguments  # noqa: PLC0415 - see above

    arguments = Arguments(case.evidence.wanted.controller_arguments)
    lifted = feature.lifted_by is not None and arguments.say(feature.lifted_by)
    return not lifted and not feature.on_fargate and not feature.arguments and case.gave_keys(source)


RULES = (sdk_too_old, feature_unsupported)
