"""Credentials came: do they work, and are they the right ones."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="credentials-rejected",
        exit_code=85,
        severity=Severity.ERROR,
        title="AWS does not accept the credentials that were found",
        meaning=(
            "Credentials came from a source, and STS does not accept them: the key is unknown (InvalidClientTokenId) "
            "or the secret does not belong to it (SignatureDoesNotMatch). GetCallerIdentity needs no permission, so "
            "this is not about policies."
        ),
        seen_as=(
            "InvalidClientTokenId: The security token included in the request is invalid",
            "SignatureDoesNotMatch: The request signature we calculated does not match",
            "AWS was not able to validate the provided access credentials",
        ),
        causes=(
            "Static keys that were deleted or deactivated, or belong to another partition.",
            "A session token is missing, cut off, or from another session.",
            "The secret was changed on its way into the container.",
        ),
        evidence=(
            "InvalidClientTokenId or SignatureDoesNotMatch to GetCallerIdentity, without a text about time. Certain "
            "that they are not accepted at this endpoint. Likely for a signature that a proxy may have broken, and for "
            "a region that may be the reason."
        ),
        told_apart_from=look_alikes(
            {
                "static-keys-malformed": "The values themselves cannot be keys.",
                "static-keys-shadow": "Says that these keys should not have been used at all; both can stand.",
                "opt-in-region-token": "Another STS endpoint accepts the same credentials.",
                "clock-skew": "SignatureDoesNotMatch with `Signature expired` or `Signature not yet current`.",
                "credentials-expired": "The code is ExpiredToken.",
                "web-identity-partition-mismatch": "ARN, region and STS host do not belong to one partition.",
            }
        ),
        fixes=(
            "If another source is meant, remove these keys: they stand in its way.",
            (
                "Otherwise check the key: `aws iam get-access-key-last-used --access-key-id KEY_ID`, and write the "
                "Secret anew. Temporary keys need AWS_SESSION_TOKEN as well."
            ),
            "Check that region and keys belong to the same partition.",
        ),
        references=(
            "kubernetes-sigs/aws-ebs-csi-driver#2452",
            "vmware-tanzu/velero#6181",
            "aws-azure-login/aws-azure-login#251",
        ),
    ),
    Entry(
        code="credentials-expired",
        exit_code=89,
        severity=Severity.ERROR,
        title="The credentials that were found have expired",
        meaning=(
            "Credentials came from a source, and STS says that their session is over. They were good once. Nothing "
            "renews them: SDKs renew only what comes from web identity, a container endpoint, IMDS or a process."
        ),
        seen_as=(
            "ExpiredToken: The security token included in the request is expired",
            "The security token included in the request is expired",
        ),
        causes=(
            "Temporary keys were put into a Secret, a file or the environment.",
            "A source hands out old keys, such as a caching proxy.",
        ),
        evidence="ExpiredToken to GetCallerIdentity. Certain: STS judges by its own clock.",
        told_apart_from=look_alikes(
            {
                "credentials-rejected": "The code is InvalidClientTokenId or SignatureDoesNotMatch.",
                "web-identity-token-expired": "The web identity token has expired, so no credentials were issued.",
                "imds-credentials-expired": "IMDS's own Expiration already lies in the past.",
                "clock-skew": "The clocks disagree, and the text is about the signature's time.",
            }
        ),
        fixes=(
            "Give the ServiceAccount a role by IRSA or Pod Identity, and remove the temporary keys.",
            "Where keys must be copied, let what copies them renew them too.",
        ),
        references=("pulumi/pulumi-aws#3866", "boto/botocore:botocore/credentials.py"),
    ),
    Entry(
        code="opt-in-region-token",
        exit_code=85,
        severity=Severity.ERROR,
        title="Credentials from global STS are not valid in this opt-in region",
        meaning=(
            "The same credentials are accepted at one STS endpoint and refused at another. Tokens from the global "
            "endpoint are by default not valid in opt-in regions such as me-south-1, ap-east-1 or eu-south-1. Keys and "
            "policies are fine."
        ),
        seen_as=(
            "InvalidClientTokenId: The security token included in the request is invalid",
            "AWS was not able to validate the provided access credentials",
        ),
        causes=(
            (
                "An SDK that takes the global STS endpoint by default (Go v1, botocore before 1.40.0) runs in an "
                "opt-in region."
            ),
            "AWS_STS_REGIONAL_ENDPOINTS=legacy.",
            "The region is not enabled for the account.",
        ),
        evidence=(
            "One set of credentials, accepted by GetCallerIdentity at one endpoint and refused with "
            "InvalidClientTokenId at the other. Certain in a region that must be opted into, likely in any other."
        ),
        told_apart_from=look_alikes(
            {
                "credentials-rejected": "No endpoint accepts them.",
                "sts-region-disabled": "STS refuses to issue credentials, with RegionDisabledException.",
            }
        ),
        fixes=(
            "Set AWS_STS_REGIONAL_ENDPOINTS=regional and AWS_REGION in the container.",
            (
                "Or let global tokens be valid everywhere: `aws iam set-security-token-service-preferences "
                "--global-endpoint-token-version v2Token`."
            ),
            "Region not enabled: `aws account enable-region --region-name REGION`.",
        ),
        references=(
            "aws/aws-cdk#13748",
            "aws/aws-sdk-ruby#2850",
            "pulumi/pulumi-aws#2406",
            "IAM User Guide: Manage AWS STS in an AWS Region",
        ),
    ),
    Entry(
        code="unexpected-source",
        exit_code=81,
        severity=Severity.ERROR,
        title="Credentials work, but come from another source than expected",
        meaning=(
            "The credentials are valid, and the pod is not who it should be, because another source of the chain gave "
            "them. Most often it is the node role: a session name that starts with `i-` says so. Changing policies "
            "would mend the wrong role."
        ),
        seen_as=("is not authorized to perform",),
        causes=(
            "IRSA or Pod Identity was not injected, so the chain ended at the node role.",
            "Static keys or a profile stand earlier in the chain.",
            "The SDK fell through to the node role after the intended source failed (Java v2, C++, CRT).",
            "The expectation given to the probe is not the one that holds.",
        ),
        evidence=(
            "GetCallerIdentity with the credentials of the source that wins, compared with `--expect` or with what was "
            "inferred. Certain with an expectation; likely with an inferred one, or where some SDKs take a profile "
            "first."
        ),
        told_apart_from=look_alikes(
            {
                "unexpected-role": "The source is right, and its role is not.",
                "static-keys-shadow": "Names the reason: keys in the environment.",
                "profile-shadow": "Names the reason: credentials in a file.",
                "imds-reachable": "The expected source is in use; the node role is only within reach.",
                "nothing-configured": "No source gave credentials at all.",
                "permission-denied": "The source is the expected one, and its role may do too little.",
            }
        ),
        becomes_certain_with="An expectation: `--expect web-identity|container|imds|environment|shared-config`.",
        fixes=(
            "Mend the source that was meant; the findings beside this one say what is wrong with it.",
            "Do not give the missing permissions to the node role: every pod on the node would have them.",
            (
                "To make it fail loudly next time, keep pods away from IMDS (hop limit 1) or set "
                "AWS_EC2_METADATA_DISABLED=true in the pod."
            ),
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#2627",
            "external-secrets/kubernetes-external-secrets#452",
            "aws/aws-sdk-java-v2#3896",
            "hashicorp/aws-sdk-go-base#15",
        ),
    ),
    Entry(
        code="unexpected-role",
        exit_code=81,
        severity=Severity.ERROR,
        title="Credentials work, but belong to another role than expected",
        meaning=(
            "The credentials are valid and come from the right kind of source, and the role is not the one given with "
            "`--expect-role`. Variables are fixed when a pod is created, so a changed annotation does not reach it. "
            "After a change of the association the agent may keep an old session for up to three hours, by its source."
        ),
        seen_as=("is not authorized to perform",),
        causes=(
            "The annotation was changed and the pods were not created again.",
            "The ServiceAccount was renamed or another one is used by the chart.",
            "Both IRSA and Pod Identity are set up, with different roles.",
            "The expected ARN is that of another account or path.",
        ),
        evidence=(
            "The ARN from GetCallerIdentity, turned from assumed-role into role, differs from `--expect-role` in "
            "account or name. Certain. The path of a role is not part of a session's ARN and is not compared."
        ),
        told_apart_from=look_alikes(
            {
                "identity-stale": "The ServiceAccount was read and names another role than the environment.",
                "unexpected-source": "The credentials come from another source.",
                "both-injected": "Explains it when both pairs are set.",
            }
        ),
        fixes=(
            (
                "`kubectl -n NAMESPACE rollout restart deployment/NAME` after any change of the annotation or the "
                "association."
            ),
            (
                "Compare `kubectl -n NAMESPACE get serviceaccount SERVICEACCOUNT -o yaml` and `aws eks "
                "list-pod-identity-associations --cluster-name CLUSTER --namespace NAMESPACE` with the expected role."
            ),
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#2685",
            "aws/amazon-vpc-cni-k8s#1338",
            "aws/eks-pod-identity-agent:internal/credsretriever/refreshing_cache.go",
        ),
    ),
)
