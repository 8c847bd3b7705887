"""Static keys in the environment."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="static-keys-partial",
        exit_code=11,
        severity=Severity.ERROR,
        title="Half of a static key pair is set in the environment",
        meaning=(
            "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY, or the reverse. boto3 and the AWS CLI stop on the "
            "key id alone, whatever else is configured. Go, JS, Rust and Java ignore the half pair and silently use "
            "the next source, so programs in one pod can end up with different identities."
        ),
        seen_as=("Partial credentials found in env, missing:",),
        causes=(
            "A `secretKeyRef` with `optional: true` names a key that the Secret does not have.",
            "One of the two variables stayed behind when static keys were removed in favour of a role.",
            "The secret has an old name (AWS_SECRET_KEY), which only the Go SDKs read.",
        ),
        evidence=(
            "The environment holds exactly one of the two with a value. Certain. The order of the causes is a "
            "judgement; we have no count from the field."
        ),
        told_apart_from=look_alikes(
            {
                "static-keys-malformed": "Both are set and one value cannot be a key.",
                "profile-incomplete": "The half pair is in a shared config or credentials file.",
            }
        ),
        fixes=(
            "Remove the remaining variable if the pod is meant to use a role.",
            (
                "Otherwise compare the names: `kubectl -n NAMESPACE get pod POD -o "
                "jsonpath='{.spec.containers[*].env[*].valueFrom.secretKeyRef}'` against `kubectl -n NAMESPACE "
                "describe secret SECRET`; neither shows a value."
            ),
        ),
        references=("boto/botocore:botocore/credentials.py", "aws/aws-sdk-go-v2:config/env_config.go"),
    ),
    Entry(
        code="static-keys-malformed",
        exit_code=11,
        severity=Severity.ERROR,
        title="A static key in the environment has a malformed value",
        meaning=(
            "One of the static key variables holds something that cannot be a key: white space, quotes, a line break "
            "or a placeholder. SDKs use the value as it stands, so the request is signed wrongly or refused before it "
            "is sent, and the error looks like a wrong key."
        ),
        seen_as=(
            "InvalidClientTokenId: The security token included in the request is invalid",
            "SignatureDoesNotMatch: The request signature we calculated does not match",
        ),
        causes=(
            "The value was base64-encoded with `echo`, which adds a line break.",
            "Quotes from a `.env` file became part of the value.",
            "A template variable was not rendered and its placeholder was deployed.",
        ),
        evidence=(
            "The value contains characters that no access key has, or is a known placeholder. Certain about the value; "
            "the value itself is never shown. The order of the causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "static-keys-partial": "One of the pair is missing altogether.",
                "credentials-rejected": "The values are well-formed and STS refuses them.",
            }
        ),
        fixes=(
            (
                "Write the Secret from files without a trailing line break: `kubectl -n NAMESPACE create secret "
                "generic SECRET --from-file=AWS_ACCESS_KEY_ID=FILE --from-file=AWS_SECRET_ACCESS_KEY=FILE`. A command "
                "line with the value in it ends in the shell history and the process list."
            ),
            "Better: remove the keys and give the ServiceAccount a role.",
        ),
        references=(
            "IAM User Guide: Managing access keys for IAM users",
            "kubernetes/website:content/en/docs/concepts/configuration/secret.md",
        ),
    ),
    Entry(
        code="static-keys-shadow",
        exit_code=81,
        severity=Severity.ERROR,
        title="Static keys in the environment win over the expected source",
        meaning=(
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set, and they precede web identity, Pod Identity and IMDS "
            "in the chain of nearly every SDK. The role that was meant is never asked for. Exceptions: .NET takes web "
            "identity first, and JS v3 and .NET v3 prefer a profile named by AWS_PROFILE."
        ),
        seen_as=(
            "InvalidClientTokenId: The security token included in the request is invalid",
            "AWS was not able to validate the provided access credentials",
        ),
        causes=(
            (
                "A leftover Secret is still loaded through `env` or `envFrom`, often by a chart value such as a "
                "cloud-provider secret."
            ),
            "Keys were set for a test, or are part of the image.",
        ),
        evidence=(
            "Both variables are set, and another source is configured or expected. Certain for each SDK whose order is "
            "known from its source; GetCallerIdentity with the keys says whom the pod is."
        ),
        told_apart_from=look_alikes(
            {
                "profile-shadow": "The keys that win are in a file, and not all SDKs are affected.",
                "credentials-rejected": (
                    "Says that the keys do not work; both can stand, and removing the keys cures both."
                ),
                "unexpected-source": "Another source than the environment's keys gave the identity.",
            }
        ),
        fixes=(
            (
                "Remove the two variables and AWS_SESSION_TOKEN from the pod spec, Secret or chart value, then roll "
                "the pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`."
            ),
            (
                "Find where they come from; this shows names and no values: `kubectl -n NAMESPACE get pod POD -o "
                "jsonpath='{.spec.containers[*].env[*].name} {.spec.containers[*].envFrom}'`."
            ),
            "If the keys are meant, say so to the probe with `--expect environment`.",
        ),
        references=(
            "kubernetes-sigs/aws-ebs-csi-driver#2452",
            "aws/amazon-vpc-cni-k8s#2780",
            "boto/botocore#2245",
            (
                "aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/credentials/DefaultCredentialsProvider.java"
            ),
        ),
    ),
)
