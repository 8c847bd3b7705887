"""What IMDS says about the role."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="imds-no-role",
        exit_code=51,
        severity=Severity.ERROR,
        title="The instance has no role to give",
        meaning=(
            "IMDS works, and its role list answers 404: the instance has no instance profile, or one without a role. "
            "If the pod should have its own role, this is only where the chain ended; the intended source was not "
            "seen."
        ),
        seen_as=(
            "no EC2 instance role found",
            "http response error StatusCode: 404, request to EC2 IMDS failed",
            "unexpected empty EC2 IMDS role list",
            "EmptyEC2RoleList: empty EC2 Role list",
            "The requested metadata is not found at http://169.254.169.254/latest/meta-data/iam/security-credentials/",
        ),
        causes=(
            "A self-managed node (k3s, kubeadm) was launched without an instance profile.",
            "IRSA, Pod Identity or static keys were meant and not found in this container.",
            "The profile was just detached.",
        ),
        evidence=(
            "404 to the role list, asked with a token that IMDS accepts. Certain. An empty list with 200 is treated "
            "alike, and is likely only."
        ),
        told_apart_from=look_alikes(
            {
                "imds-role-unauthorized": "A role is listed, and EC2 may not assume it.",
                "nothing-configured": (
                    "Both can stand. An instance profile is the cure only if the pod is meant to use the node role."
                ),
                "imds-impostor": "The 404 comes from something that is not IMDS, or answers the PUT.",
            }
        ),
        fixes=(
            "If the pod should have its own role, mend that source first; do not attach a node role for one pod.",
            (
                "If the node role is meant: `aws ec2 associate-iam-instance-profile --instance-id INSTANCE_ID "
                "--iam-instance-profile Name=PROFILE_NAME`, and the same in the launch template."
            ),
        ),
        references=(
            "kubernetes-sigs/aws-ebs-csi-driver#2452",
            "kubernetes-sigs/aws-ebs-csi-driver#763",
            "kubernetes-sigs/aws-load-balancer-controller#3216",
            "kubernetes-sigs/aws-load-balancer-controller#2526",
        ),
    ),
    Entry(
        code="imds-role-unauthorized",
        exit_code=56,
        severity=Severity.ERROR,
        title="EC2 cannot assume the role of this instance's profile",
        meaning=(
            "IMDS works and lists a role, but hands out an error document with status 200 instead of keys: EC2 may not "
            "assume the role, or the instance profile was deleted while attached. SDKs that look only at the status "
            "report missing fields."
        ),
        seen_as=("AssumeRoleUnauthorizedAccess", "InstanceProfileNotFound", "EC2 cannot assume the role"),
        causes=(
            "The role's trust policy does not let `ec2.amazonaws.com` assume it.",
            "The role or the profile was deleted and made again under the same name while attached.",
        ),
        evidence=(
            "Status 200 and a Code other than Success in the credentials document or in `iam/info`. Certain for the "
            "two codes that AWS's documentation names, likely for any other; not observed in the field threads that "
            "we read."
        ),
        told_apart_from=look_alikes(
            {
                "imds-no-role": "No role is listed at all.",
                "imds-response-malformed": "There is no Code that explains the missing keys.",
            }
        ),
        fixes=(
            (
                "`aws iam get-role --role-name NODE_ROLE_NAME --query Role.AssumeRolePolicyDocument`: it must let "
                "`ec2.amazonaws.com` do sts:AssumeRole."
            ),
            (
                "Profile made again: `aws ec2 describe-iam-instance-profile-associations --filters "
                "Name=instance-id,Values=INSTANCE_ID`, then `aws ec2 replace-iam-instance-profile-association "
                "--association-id ASSOCIATION_ID --iam-instance-profile Name=PROFILE_NAME`."
            ),
        ),
        references=("awsdocs/iam-user-guide:doc_source/troubleshoot_iam-ec2.md", "boto/botocore:botocore/utils.py"),
    ),
    Entry(
        code="imds-response-malformed",
        exit_code=58,
        severity=Severity.ERROR,
        title="IMDS gave a credentials document that cannot be used",
        meaning=(
            "The credentials request was answered with 200, and the document is not usable: not JSON, too long, or "
            "without a key, token or expiry. The real IMDS is not known to do that."
        ),
        seen_as=("Incorrect IMDS/IAM configuration", "EC2 instance role credentials"),
        causes=(
            "A mock, kube2iam, kiam or another stand-in answers the later requests.",
            "Something cuts or rewrites answers on the way.",
        ),
        evidence=(
            "Status 200 and the names of the missing fields, or the content type; no value is kept. Certain. Not "
            "observed in the field threads that we read."
        ),
        told_apart_from=look_alikes(
            {
                "imds-impostor": "The token PUT is already answered by something else.",
                "imds-role-unauthorized": "The document has a Code that says why there are no keys.",
            }
        ),
        fixes=(
            "Find out what answers: Server header and the node's NAT rules for 169.254.169.254.",
            (
                "Run the probe with `hostNetwork: true` on the same node; if it succeeds there, the pod's traffic is "
                "intercepted."
            ),
        ),
        references=(
            "boto/botocore:botocore/utils.py",
            "aws/aws-sdk-go:aws/credentials/ec2rolecreds/ec2_role_provider_test.go",
        ),
    ),
    Entry(
        code="imds-credentials-expired",
        exit_code=59,
        severity=Severity.ERROR,
        title="IMDS hands out credentials that have already expired",
        meaning=(
            "The keys from IMDS carry an Expiration in the past, by a clock that was checked. IMDS normally renews "
            "them at least five minutes before. SDKs with static stability stretch such keys for a while and then fail "
            "all at once."
        ),
        seen_as=(
            "Attempting credential expiration extension",
            "Refreshing temporary credentials failed during mandatory refresh period",
        ),
        causes=(
            "The role was taken off the instance profile, and old keys are served on.",
            "IMDS or the service behind it cannot renew at the moment.",
            "A proxy such as kube2iam serves a stale copy.",
        ),
        evidence=(
            "Expiration lies in the past, and a Date header of AWS agrees with the local clock. Certain with that "
            "header, likely without. Not observed in the field threads that we read."
        ),
        told_apart_from=look_alikes(
            {
                "credentials-expired": "STS says it about keys of any source.",
                "clock-skew": "The Date header disagrees with the local clock.",
                "imds-impostor": "Other answers are not like EC2's either: a mock hands out its samples.",
            }
        ),
        becomes_certain_with="The Date header of an AWS answer.",
        fixes=(
            (
                "Check that the profile still has its role: `aws iam get-instance-profile --instance-profile-name "
                "PROFILE_NAME --query InstanceProfile.Roles`."
            ),
            "Wait a few minutes and try again; if it stays, replace the node.",
        ),
        references=(
            "EC2 User Guide: Retrieve security credentials from instance metadata",
            "aws/aws-sdk-go-v2:credentials/ec2rolecreds/provider.go",
        ),
    ),
    Entry(
        code="imds-reachable",
        exit_code=None,
        severity=Severity.WARNING,
        title="This pod has its own identity and can still take the node role",
        meaning=(
            "IMDS gives this pod the node role although another source is meant for it. While that source works this "
            "is a matter of hardening. When web identity fails, Java v2, C++ and CRT programs go on silently and run "
            "as the node role; when Pod Identity fails, Java v2 does."
        ),
        causes=(
            "The hop limit is 2 or more, and nothing keeps pods away from IMDS.",
            "The pod runs with hostNetwork, where the hop limit has no effect.",
        ),
        evidence=(
            "Another source is configured or expected, and IMDS gave this pod credentials. Certain that it can; that a "
            "program does it now follows from the SDKs' sources when the other source is red."
        ),
        told_apart_from=look_alikes(
            {
                "unexpected-source": "The node role is what the chain ended with; here it is only within reach.",
            }
        ),
        fixes=(
            "Mend the intended source first if it is red.",
            (
                "Then close IMDS to pods: hop limit 1 (`aws ec2 modify-instance-metadata-options --instance-id "
                "INSTANCE_ID --http-tokens required --http-put-response-hop-limit 1` and in the launch template), or a "
                "network policy. Check first which pods still need metadata."
            ),
            "Or set AWS_EC2_METADATA_DISABLED=true in this pod: it stops fallback, not an attacker.",
        ),
        references=(
            "aws/aws-sdk-java-v2#3896",
            "aws/containers-roadmap#2874",
            (
                "aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/credentials/AwsCredentialsProviderChain.java"
            ),
            "EKS Best Practices Guide: Restrict access to the instance profile assigned to the worker node",
        ),
    ),
)
