"""What a walk leaves open, or leaves to the application."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="keys-unverified",
        exit_code=None,
        severity=Severity.NOTE,
        title="Credentials came, but nobody has asked AWS whether they work",
        meaning=(
            "A source gave credentials that look complete, and no GetCallerIdentity was made with them: STS could not "
            "be reached, or `--no-sts` forbids it. So it is not known whether they are accepted and whom they make the "
            "pod."
        ),
        causes=("`--no-sts` was given.", "STS cannot be reached from here; a finding beside this one says why."),
        evidence=(
            "Credentials with all their fields, and the identity step skipped or failed before an answer. Says nothing "
            "about the credentials themselves."
        ),
        told_apart_from=look_alikes(
            {
                "walk-cut": "Steps of any kind were ended by the deadline.",
                "application-layer": "The credentials were checked, and AWS accepts them.",
            }
        ),
        fixes=(
            "Run the probe without `--no-sts`, or mend the way to STS.",
            "Or check from the pod with any tool at hand: `aws sts get-caller-identity`.",
        ),
        references=("AWS STS API Reference: GetCallerIdentity",),
    ),
    Entry(
        code="application-layer",
        exit_code=None,
        severity=Severity.NOTE,
        title="The path works from here; what is left is in the application",
        meaning=(
            "From this pod, with this ServiceAccount, the expected credentials work. If the controller still fails, "
            "the reason is in its image, its SDK or its configuration, or in another container of the pod. A program "
            "that still runs on cached credentials, or on a cached error, may also differ from a fresh walk."
        ),
        seen_as=(
            "To use web identity tokens, the 'sts' service module must be on the class path",
            "ExpiredTokenException: Token expired: current date/time",
            "Received non 200 response 400 from container metadata:",
        ),
        causes=(
            "Java without the `sts` module: web identity is skipped silently and the node role is used.",
            "An SDK that is too old for the source, or a chain of the application's own that leaves it out.",
            "A client that only speaks IMDSv1 on a node that requires tokens: it prints 401.",
            "A client that read the token file once: it fails after hours or a day, and a restart cures it.",
            "An agent that decides by IMDS whether it is on EC2, or a chart that dropped `hostNetwork: true`.",
            "A default chain that fell through to the node role after one failure at start, and stays there (Java v2).",
        ),
        evidence=(
            "The expected source gave credentials that GetCallerIdentity accepts. That the path works is certain for "
            "this container; that the application is at fault is never more than likely."
        ),
        told_apart_from=look_alikes(
            {
                "sdk-too-old": "The SDK's version is known to be below the minimum.",
                "web-identity-token-expired": "The token file itself is old, so a fresh reader fails too.",
                "container-token-expired": "The token file itself is old, so a fresh reader fails too.",
                "keys-unverified": "Nobody has asked AWS whether the credentials work.",
                "controller-sdk-too-old": "The controller's release is known, and its SDK is too old for this source.",
            }
        ),
        becomes_certain_with="The application's own log line, or its SDK and version: `--sdk NAME@VERSION`.",
        fixes=(
            "Give the log line to `probe explain --log FILE`.",
            (
                "Restart the application once: if that cures it for some hours, it keeps an old token or session; "
                "upgrade it."
            ),
            "Java: add `software.amazon.awssdk:sts` (v1: `aws-java-sdk-sts`) to the class path.",
            "Compare the image's version with the minimum versions of its SDK (`probe explain sdk-too-old`).",
            "Run the probe as a container of the same pod, with the same user, if only one container fails.",
        ),
        references=(
            "aws/aws-sdk-java#2136",
            "external-secrets/kubernetes-external-secrets#240",
            "aws/efs-utils#80",
            "aws/aws-sdk-java-v2#3896",
            "aws/aws-sdk-js-v3#3052",
        ),
    ),
    Entry(
        code="walk-cut",
        exit_code=None,
        severity=Severity.NOTE,
        title="The deadline ended some steps before they could answer",
        meaning=(
            "The walk ran out of time, and the steps named here were ended before they had an answer. They are "
            "unknown, neither good nor bad. Findings that would need them are missing or at most likely."
        ),
        causes=(
            "`--deadline` is shorter than the slowest step needs; a silent Pod Identity agent alone takes ten seconds.",
            "The pod is starved of CPU.",
        ),
        evidence="Steps that were started and not finished when the deadline came.",
        told_apart_from=look_alikes(
            {
                "sts-no-answer": "STS had its full time and did not answer.",
                "keys-unverified": "Only the last question to AWS is missing.",
            }
        ),
        fixes=(
            "Run again with more time: `probe run --deadline 60`.",
            "Give the probe's container a CPU request, or no limit.",
        ),
        references=("kubernetes/website:content/en/docs/concepts/configuration/manage-resources-containers.md",),
    ),
)
