"""The role ARN of web identity, checked before anything is sent."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="web-identity-role-arn-invalid",
        exit_code=31,
        severity=Severity.ERROR,
        title="AWS_ROLE_ARN is not a valid IAM role ARN",
        meaning=(
            "The value of AWS_ROLE_ARN cannot be the ARN of an IAM role, so STS refuses it before it looks at the "
            "token. The webhook only logs a warning for such an annotation and injects it as it is."
        ),
        seen_as=("ValidationError: Request ARN is invalid",),
        causes=(
            "A template variable was not rendered.",
            "A colon too many, an account id that is not 12 digits, or `role/` is missing.",
            "Another ARN was used: of an instance profile, a policy, or an assumed-role session.",
            "Quotes or white space became part of the value.",
        ),
        evidence=(
            "The value was compared with `arn:PARTITION:iam::ACCOUNT:role/NAME`; the offending place is shown. Certain."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-partition-mismatch": "The ARN is well-formed and belongs to another partition.",
                "web-identity-trust-denied": (
                    "The ARN is well-formed and STS refuses, which includes a role that does not exist."
                ),
                "web-identity-duration": "STS says ValidationError too, and names DurationSeconds.",
                "sts-rejected": "STS answers with a code that we do not know.",
            }
        ),
        fixes=(
            (
                "`kubectl -n NAMESPACE annotate serviceaccount SERVICEACCOUNT "
                "eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/ROLE_NAME --overwrite`, in the right "
                "partition, then `kubectl -n NAMESPACE rollout restart deployment/NAME`."
            ),
            "The ARN as IAM has it: `aws iam get-role --role-name ROLE_NAME --query Role.Arn --output text`.",
        ),
        references=(
            "99designs/aws-vault#668",
            "localstack/localstack#12885",
            "crossplane-contrib/provider-aws#517",
            "AWS re:Post Knowledge Center: eks-troubleshoot-irsa-errors",
        ),
    ),
    Entry(
        code="web-identity-partition-mismatch",
        exit_code=31,
        severity=Severity.ERROR,
        title="Role ARN, region and STS endpoint belong to different partitions",
        meaning=(
            "The role ARN, the region and the STS endpoint in use do not belong to the same AWS partition. Roles, "
            "providers and credentials of one partition do not exist in another, so STS refuses, with a message about "
            "the provider or the trust policy rather than the partition."
        ),
        seen_as=(
            "InvalidIdentityToken: No OpenIDConnect provider found in your account for",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
        causes=(
            "The ARN was written with `arn:aws:` in China (`aws-cn`) or GovCloud (`aws-us-gov`).",
            "No region is set, so the SDK calls an STS of the standard partition.",
        ),
        evidence=(
            "The partition of AWS_ROLE_ARN was compared with that of the region and of the STS host that botocore "
            "chose. Certain: all three are visible here."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-role-arn-invalid": "The ARN is not an ARN of a role at all.",
                "web-identity-provider-missing": (
                    "The partitions agree, and the role's account does not know the issuer."
                ),
                "credentials-rejected": "Credentials were issued and another endpoint does not know them.",
            }
        ),
        fixes=(
            (
                "Write the ARN with the region's partition: `arn:aws-cn:` for `cn-` regions, `arn:aws-us-gov:` for "
                "`us-gov-` regions, else `arn:aws:`."
            ),
            "Set AWS_REGION, AWS_DEFAULT_REGION and AWS_STS_REGIONAL_ENDPOINTS=regional.",
        ),
        references=("aws/aws-sdk-js-v3#5083", "eksctl-io/eksctl#1871", "eksctl-io/eksctl#1850"),
    ),
)
