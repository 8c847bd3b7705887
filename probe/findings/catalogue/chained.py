"""A second role, which the application takes with the pod's own."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="self-assume",
        exit_code=86,
        severity=Severity.ERROR,
        title="The role is told to assume itself, and does not trust itself",
        meaning=(
            "The role that the application is to take is the one that the pod already has. A role may assume itself "
            "only where its trust policy says so, which it hardly ever needs: the credentials are already the right "
            "ones."
        ),
        seen_as=(
            "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/cert-manager",
            "unable to assume role: AccessDenied",
        ),
        causes=(
            (
                "A cert-manager issuer, a SecretStore or a provider block names, as `role`, the role that IRSA or Pod "
                "Identity already gives."
            ),
        ),
        evidence=(
            "GetCallerIdentity and the role given with `--assume`, or named by the profile, are the same role, and STS "
            "refused the one attempt to assume it: certain."
        ),
        told_apart_from=look_alikes({"chained-role-denied": "The target is another role."}),
        fixes=(
            "Take the role out of the application's configuration: the pod has it.",
            "Or let the role's trust policy name the role itself.",
        ),
        references=(
            "cert-manager/cert-manager#5557",
            "cert-manager/cert-manager#6872",
            "external-secrets/external-secrets#4432",
        ),
    ),
    Entry(
        code="chained-role-denied",
        exit_code=86,
        severity=Severity.ERROR,
        title="The pod's role works, and may not assume the role that comes next",
        meaning=(
            "The first hop is fine. The second one is refused by the target's trust policy, by the pod's own policy, "
            "or by both: STS does not say by which across accounts. With Pod Identity it may be session tags alone "
            "that are refused."
        ),
        seen_as=(
            "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/example",
            "is not authorized to perform: sts:TagSession on resource: arn:aws:iam::111122223333:role/example",
        ),
        causes=(
            (
                "The target's trust policy does not name this role, or still names the id of an earlier role "
                "of that name that was deleted."
            ),
            "The pod's role has no statement that allows sts:AssumeRole on the target.",
            "The target wants an ExternalId that was not given, or another one.",
            "After a move to Pod Identity: its session tags are transitive, and the target allows no sts:TagSession.",
        ),
        evidence=(
            "One AssumeRole of the target with the pod's keys, for the shortest session, was answered with "
            "AccessDenied. The keys of a session that is granted are dropped unread. "
            "It is certain for the application too where the answer names session tags or a policy of the pod's own "
            "side; a trust policy may ask for an ExternalId or a session name that only the application sends."
        ),
        told_apart_from=look_alikes(
            {
                "self-assume": "The target is the role that the pod already has.",
                "web-identity-trust-denied": "It is the first role that is refused, to the token of the pod.",
                "permission-denied": "A call of a service is refused, not the change of role.",
            }
        ),
        becomes_certain_with=(
            "`--external-id` with what the application sends, and its own refused request in CloudTrail: the target's "
            "trust policy may ask for an ExternalId or a session name."
        ),
        fixes=(
            "Let the target's trust policy name the pod's role, with the ExternalId if it has one.",
            "Allow sts:AssumeRole on the target in the pod's role.",
            (
                "For session tags: allow sts:TagSession beside sts:AssumeRole in both, or switch the association's "
                "session tags off."
            ),
            "Where the trust policy shows an id (AROA…) in place of a name: save it again with the role's ARN.",
        ),
        references=(
            "cert-manager/cert-manager#4061",
            "external-secrets/external-secrets#1936",
            "awslabs/aws-deployment-framework#235",
            "EKS User Guide: Grant Pods access to AWS resources based on tags",
        ),
    ),
)
