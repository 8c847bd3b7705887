"""STS accepts the token and refuses the request."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="web-identity-trust-denied",
        exit_code=36,
        severity=Severity.ERROR,
        title="STS refuses the role: the trust policy does not match, or no such role",
        meaning=(
            "STS accepted the token as genuine and refuses the role for it. The trust policy does not match this "
            "token, or the role does not exist; STS answers both with the same words on purpose. Permission policies "
            "of the role are not involved yet."
        ),
        seen_as=(
            "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation",
        ),
        causes=(
            (
                "The policy's `sub` names another namespace or ServiceAccount: a copied role, a renamed "
                "ServiceAccount, a chart suffix."
            ),
            (
                "The condition key is malformed: it must be the issuer without `https://`, then `:sub` or `:aud`, not "
                "an ARN."
            ),
            "A wildcard under StringEquals; it needs StringLike.",
            "The policy trusts something else, such as `ec2.amazonaws.com` with sts:AssumeRole.",
            (
                "The role does not exist, is in another account, or is denied explicitly, by its trust policy or by an "
                "organization's policy."
            ),
        ),
        evidence=(
            "STS answered AccessDenied for AssumeRoleWithWebIdentity, so issuer, signature, audience and expiry have "
            "passed, as far as its other answers show. Certain that the role is refused to this token, likely for the "
            "clause. With `--checks` the role is read with other keys of this pod that may: then its trust policy is "
            "evaluated for this token, and the clause that fails, another path, or a missing role is certain. A policy "
            "that lets the token in, or that hangs on something unknown here, leaves it likely."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-role-arn-invalid": "STS says ValidationError: the ARN is not well-formed.",
                "sts-region-disabled": "Also 403, with the code RegionDisabledException.",
                "sts-rejected": "STS refuses with a code that we do not know.",
                "agent-role-trust": "The same kind of fault for a Pod Identity role, told by the agent.",
                "permission-denied": "The role was given; a call with its keys is refused.",
                "chained-role-denied": "The pod has its role; it is the next one that is refused.",
                "a role that does not exist": "Not separable from inside the pod; iam:GetRole tells.",
            }
        ),
        becomes_certain_with="`--checks` with keys that may call iam:GetRole on this role, or the event in CloudTrail.",
        fixes=(
            "Read the policy: `aws iam get-role --role-name ROLE_NAME --query Role.AssumeRolePolicyDocument`.",
            (
                "Its condition must hold `ISSUER_WITHOUT_HTTPS:sub` = `system:serviceaccount:NAMESPACE:SERVICEACCOUNT` "
                "and `ISSUER_WITHOUT_HTTPS:aud` = `sts.amazonaws.com`, with principal `Federated` the provider's ARN "
                "and action `sts:AssumeRoleWithWebIdentity`."
            ),
            "Write it: `aws iam update-assume-role-policy --role-name ROLE_NAME --policy-document file://trust.json`.",
            "ServiceAccount names with a generated suffix: StringLike, or better a fixed name.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#4199",
            "aws/karpenter-provider-aws#1666",
            "crossplane/crossplane#5578",
            "kubernetes-sigs/aws-load-balancer-controller#1935",
            "aws/amazon-eks-pod-identity-webhook#30",
        ),
    ),
    Entry(
        code="web-identity-duration",
        exit_code=31,
        severity=Severity.ERROR,
        title="The requested session is longer than the role allows",
        meaning=(
            "STS refuses because of DurationSeconds: it is above the role's maximum session duration, or above one "
            "hour for a role reached through another role. Token and trust policy are not the problem."
        ),
        seen_as=(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ),
        causes=(
            "`duration_seconds` in a profile, or a controller's own setting, exceeds what the role allows.",
            "A chained role is asked for more than one hour, which no setting can allow.",
        ),
        evidence=(
            "STS answered ValidationError naming DurationSeconds. Certain. The probe itself asks for 900 seconds, the "
            "least that STS takes, so this mostly comes from a log line given to `probe explain --log`."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-role-arn-invalid": "ValidationError too, about the ARN.",
                "sts-rejected": "A code or message that we do not know.",
            }
        ),
        fixes=(
            "Ask for 3600 seconds or less.",
            (
                "Or allow more: `aws iam update-role --role-name ROLE_NAME --max-session-duration SECONDS`; this does "
                "not help for a chained role."
            ),
        ),
        references=("d2a4u/sqs4s#270", "IAM User Guide: Update the maximum session duration for a role"),
    ),
    Entry(
        code="sts-region-disabled",
        exit_code=36,
        severity=Severity.ERROR,
        title="STS is switched off for this account in this region",
        meaning=(
            "The account's administrator has not activated STS in this region, or has deactivated it. Every role "
            "request here fails, whatever the trust policy says."
        ),
        seen_as=("RegionDisabledException", "STS is not activated in this region for account"),
        causes=("Regional STS was deactivated in the account settings.",),
        evidence="STS answered with the code RegionDisabledException. Certain.",
        told_apart_from=look_alikes(
            {
                "web-identity-trust-denied": "Also 403, with the code AccessDenied.",
                "opt-in-region-token": "STS issues credentials, and one endpoint does not accept them.",
            }
        ),
        fixes=(
            "Activate it: IAM console, Account settings, Security Token Service, in the role's account.",
            "Or use another region's STS, if the account wants this one off.",
        ),
        references=(
            "brentley/appmeshworkshop#125",
            "turbot/steampipe-plugin-aws#1510",
            "boto/botocore:botocore/data/sts/2011-06-15/service-2.json",
        ),
    ),
    Entry(
        code="sts-rejected",
        exit_code=35,
        severity=Severity.ERROR,
        title="STS refused with an error code that the probe does not know",
        meaning=(
            "STS answered in its own format and refused, with a code that has no finding of its own. Code and message "
            "are shown as they came. What it means for this pod is likely in the message, and not known to the probe."
        ),
        seen_as=(
            "operation error STS: AssumeRoleWithWebIdentity",
            "when calling the AssumeRoleWithWebIdentity operation",
        ),
        causes=(
            "STS has codes or messages that we have not met.",
            "The request was altered on the way, for example by a proxy.",
        ),
        evidence=(
            "A complete error answer of STS whose code, or whose message under a known code, matches none that we "
            "know. Never more than likely."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-trust-denied": "The code is AccessDenied.",
                "web-identity-role-arn-invalid": "ValidationError about the ARN.",
                "web-identity-duration": "ValidationError about DurationSeconds.",
                "sts-unavailable": "A server error, which a second try may cure.",
            }
        ),
        becomes_certain_with="The request id in CloudTrail, or the STS API reference for that code.",
        fixes=(
            "Look the code up in the STS API reference under AssumeRoleWithWebIdentity and Common Errors.",
            (
                "Please report code and message to this project, so that it gets a finding of its own. Remove account "
                "ids first."
            ),
        ),
        references=("AWS STS API Reference: AssumeRoleWithWebIdentity", "AWS STS API Reference: Common Errors"),
    ),
)
