"""What the credentials may not do of what the controller does."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

_READ = "IAM User Guide: Troubleshoot access denied error messages"
_OBSERVED = (
    "One of the smallest read calls of the controller's profile (EC2 with DryRun where it changes something) was "
    "answered with AccessDenied or UnauthorizedOperation, by keys that STS took. "
)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="permission-denied",
        exit_code=96,
        severity=Severity.ERROR,
        title="The credentials work and may not do what the controller does",
        meaning=(
            "AWS knows the keys and refuses the call. The action, who was refused and the policy that the answer names "
            "are told. Mostly the role's own policy is older than the controller, or was never attached."
        ),
        seen_as=(
            "is not authorized to perform: ec2:DescribeSubnets because no identity-based policy allows",
            "UnauthorizedOperation: You are not authorized to perform this operation.",
            "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/example/example is not authorized",
            "cni plugin not initialized",
        ),
        causes=(
            "The controller was upgraded, and its policy was not: new releases call new operations.",
            "No policy is attached to the role, or that of another controller or IP family.",
            "The pod runs as the node role, which was never meant to have the controller's permissions.",
            "The policy allows the action for some resources only, and list calls need `*`.",
        ),
        evidence=_OBSERVED + "Certain: the answer itself says so.",
        told_apart_from=look_alikes(
            {
                "permission-denied-scp": "The answer names a policy of the organization.",
                "permission-denied-boundary": "The answer names the role's permissions boundary.",
                "permission-denied-session-policy": "The answer names a session policy.",
                "permission-denied-endpoint-policy": "The answer names the policy of a VPC endpoint.",
                "permission-encoded": "The answer hides its reason in an encoded message.",
                "web-identity-trust-denied": "The role could not be taken at all.",
                "unexpected-source": "The keys come from another source than the one that was asked for.",
                "chained-role-denied": "It is the change to a second role that is refused.",
                "endpoint-unreachable": "No answer comes at all.",
                "vpc-id-unavailable": "The call by which the controller finds its VPC was allowed, or never made.",
                "subnets-not-discoverable": "The subnets could be read, and none of them fits.",
                "write-permission-missing": "No call was made: the policy simulator was asked.",
            }
        ),
        fixes=(
            "Apply the policy of the release that runs: the project publishes one with each release.",
            (
                "Where the identity is the node role: give the pod a role of its own (IRSA or Pod Identity) in place "
                "of more permissions for the node."
            ),
        ),
        references=(
            _READ,
            "kubernetes-sigs/aws-load-balancer-controller#2785",
            "kubernetes-sigs/aws-load-balancer-controller:docs/install/iam_policy.json",
            "kubernetes-sigs/external-dns#4219",
            "eksctl-io/eksctl#8768",
        ),
    ),
    Entry(
        code="permission-denied-scp",
        exit_code=96,
        severity=Severity.ERROR,
        title="A policy of the organization denies what the controller does",
        meaning=(
            "A service control policy or a resource control policy stands above the account. No policy in the account "
            "can allow what it does not."
        ),
        seen_as=("with an explicit deny in a service control policy", "because no service control policy allows"),
        causes=(
            "The organization allows some regions or services only.",
            "A condition of the policy, such as one on instance metadata options, is not met.",
        ),
        evidence=_OBSERVED + "Certain: the answer names that kind of policy.",
        told_apart_from=look_alikes({"permission-denied": "The answer names a policy of the account itself, or none."}),
        fixes=("Ask whoever administers the organization: the policies are in its management account.",),
        references=(_READ, "aws/karpenter-provider-aws#8190", "aws/karpenter-provider-aws#7370"),
    ),
    Entry(
        code="permission-denied-boundary",
        exit_code=96,
        severity=Severity.ERROR,
        title="The role's permissions boundary does not allow the call",
        meaning=(
            "The role may have the permission in its own policy, and its permissions boundary does not let it "
            "through. Both must allow a call."
        ),
        seen_as=("because no permissions boundary allows", "with an explicit deny in a permissions boundary"),
        causes=("Roles of this account are made with a boundary that knows only some services.",),
        evidence=_OBSERVED + "Certain: the answer names the boundary.",
        told_apart_from=look_alikes(
            {"permission-denied": "The answer names the role's own policy: the boundary may be wide enough."}
        ),
        fixes=("Widen the boundary, or have the role made with another one.",),
        references=(_READ, "IAM User Guide: Permissions boundaries for IAM entities"),
    ),
    Entry(
        code="permission-denied-session-policy",
        exit_code=96,
        severity=Severity.ERROR,
        title="The session's policy does not allow what the controller does",
        meaning=(
            "Whoever made the session narrowed it: with EKS Pod Identity that is the association's own policy, "
            "elsewhere the policy that was passed to AssumeRole. The role's policy must allow the call as well."
        ),
        seen_as=("because no session policy allows", "with an explicit deny in a session policy"),
        causes=("The Pod Identity association has a policy that is older than the controller.",),
        evidence=_OBSERVED + "Certain: the answer names the session policy.",
        told_apart_from=look_alikes({"permission-denied": "The answer names the role's own policy."}),
        fixes=("Widen the association's policy, or take it away.",),
        references=(_READ, "EKS API Reference: UpdatePodIdentityAssociation"),
    ),
    Entry(
        code="permission-denied-endpoint-policy",
        exit_code=96,
        severity=Severity.ERROR,
        title="The policy of a VPC endpoint does not allow what the controller does",
        meaning=(
            "The request went through an interface or gateway endpoint of the VPC, and the endpoint's own policy stops "
            "it. From elsewhere the same keys may make the same call."
        ),
        seen_as=("because no VPC endpoint policy allows", "with an explicit deny in a VPC endpoint policy"),
        causes=("The endpoint was made with a policy for other roles, accounts or actions.",),
        evidence=_OBSERVED + "Certain: the answer names the endpoint's policy.",
        told_apart_from=look_alikes(
            {
                "permission-denied": "The answer names a policy of the role.",
                "endpoint-unreachable": "No answer comes at all.",
            }
        ),
        fixes=("Allow the action, for this role, in the endpoint's policy.",),
        references=(_READ, "VPC User Guide: Control access to VPC endpoints using endpoint policies"),
    ),
    Entry(
        code="permission-encoded",
        exit_code=96,
        severity=Severity.ERROR,
        title="EC2 refuses the call and hides the reason in an encoded message",
        meaning=(
            "The keys are known and the call is refused. The reason is in an encoded message, which only somebody with "
            "sts:DecodeAuthorizationMessage can read. Where these keys may, the probe has decoded it."
        ),
        seen_as=("UnauthorizedOperation: You are not authorized to perform this operation. Encoded authorization",),
        causes=(
            "The role's policy does not allow the action, or a statement denies it.",
            "A condition of a statement, such as one on tags of the request, is not met.",
        ),
        evidence=_OBSERVED
        + "Certain once the message is decoded; before that the refusal is sure and its reason is not.",
        told_apart_from=look_alikes(
            {"permission-denied": "The answer names the action and the reason in plain words."}
        ),
        becomes_certain_with="sts:DecodeAuthorizationMessage for these keys, or the command below with yours.",
        fixes=(
            "Decode the message and allow the action that it names.",
            "Apply the policy of the release that runs.",
        ),
        references=(
            "STS API Reference: DecodeAuthorizationMessage",
            "aws/karpenter-provider-aws#1536",
            "kubernetes-sigs/aws-load-balancer-controller#1577",
        ),
    ),
    Entry(
        code="write-permission-missing",
        exit_code=None,
        severity=Severity.WARNING,
        title="The policy simulator allows a write action on nothing that was tried",
        meaning=(
            "The controller will sooner or later make this call, and IAM's policy simulator says that it would be "
            "denied. The probe never makes such a call. The simulator knows neither the tags nor the resources that "
            "the controller will use, so this is a hint where to look."
        ),
        seen_as=("is not authorized to perform: elasticloadbalancing:AddTags",),
        causes=(
            (
                "The policy is older than the controller: AddTags on create came to the AWS Load Balancer Controller's "
                "policy in 2023."
            ),
            "A statement of the policy is for resources of another name or region.",
        ),
        evidence=(
            "iam:SimulatePrincipalPolicy for the role, asked for `*` and for one resource of each kind. An action "
            "counts when every answer denies it and no condition key was missing. Never more than likely."
        ),
        told_apart_from=look_alikes({"permission-denied": "A call was really made, and AWS refused it."}),
        becomes_certain_with="The controller's own log, or CloudTrail, once it makes the call.",
        fixes=("Apply the policy of the release that runs.",),
        references=(
            "IAM User Guide: IAM policy testing with the IAM policy simulator",
            "kubernetes-sigs/aws-load-balancer-controller#3372",
        ),
    ),
)
