"""Shared config and credentials files."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="profile-missing",
        exit_code=21,
        severity=Severity.ERROR,
        title="The profile that AWS_PROFILE names does not exist",
        meaning=(
            "AWS_PROFILE names a profile that no shared config or credentials file has. Go v2 and botocore refuse to "
            "start, even when IRSA or Pod Identity is perfectly fine. Go v1 treats the profile as empty, and JS v3, "
            "Java v2 and newer Rust skip it and go on."
        ),
        seen_as=("failed to get shared config profile", "The config profile ("),
        causes=(
            "The variable was inherited from an image, a chart default or a developer's environment.",
            "The file is not mounted, or the home directory of the process is not where it was mounted.",
            "The section is headed wrongly: `[profile NAME]` in the config file, `[NAME]` in the credentials file.",
        ),
        evidence=(
            "AWS_PROFILE has a value, and the files were read or do not exist. Certain when the files could be read. "
            "AWS_DEFAULT_PROFILE is read by fewer SDKs, and a missing one does not stop Go v2."
        ),
        told_apart_from=look_alikes(
            {
                "profile-unreadable": (
                    "The file is there and cannot be opened, so nobody knows whether it has the profile."
                ),
                "profile-incomplete": "The profile exists and lacks something.",
            }
        ),
        fixes=(
            "Remove AWS_PROFILE from the container if the pod is meant to use a role.",
            (
                "Otherwise mount the file and name it: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE. Check the heading "
                "of the section."
            ),
            "Go v1 reads the config file only with AWS_SDK_LOAD_CONFIG=1; it always reads the credentials file.",
        ),
        references=(
            "aws/aws-sdk-go-v2:config/shared_config.go",
            "boto/botocore:botocore/session.py",
            "AWS SDKs and Tools Reference Guide: Shared config and credentials files",
        ),
    ),
    Entry(
        code="profile-unreadable",
        exit_code=22,
        severity=Severity.ERROR,
        title="A shared config or credentials file cannot be read",
        meaning=(
            "A shared config or credentials file that this process would use exists, and the process may not open it. "
            "SDKs differ in whether they stop or behave as if the file were empty, so the visible error may come from "
            "another source."
        ),
        seen_as=(
            "/.aws/credentials: permission denied",
            "/.aws/config: permission denied",
            "Permission denied: '/root/.aws",
        ),
        causes=(
            "The file belongs to root with mode 0600 and the container runs as another user.",
            "A Secret volume has a defaultMode that leaves other users out.",
            "A directory on the path cannot be entered.",
        ),
        evidence=(
            "Opening the file failed with EACCES; mode and owner of the file and the process' user and groups are "
            "shown. Certain. The order of the causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "profile-missing": "The files could be read and none has the profile.",
                "profile-malformed": "The file could be opened and cannot be parsed.",
            }
        ),
        fixes=(
            (
                "Give the pod a group that may read the volume: `securityContext.fsGroup` on the pod, or a "
                "`defaultMode` of 0440 on the Secret volume together with it."
            ),
            "If the pod is meant to use a role, remove the mount and the variables that name the file.",
        ),
        references=("kubernetes/website:content/en/docs/tasks/configure-pod-container/security-context.md",),
    ),
    Entry(
        code="profile-malformed",
        exit_code=22,
        severity=Severity.ERROR,
        title="A shared config or credentials file cannot be parsed",
        meaning=(
            "A shared config or credentials file that this process would use is not valid: a line is neither a "
            "section, a comment, nor `key = value`. Some SDKs stop at the first bad line before they look at any other "
            "source."
        ),
        seen_as=("Unable to parse config file:", "failed to load shared config file"),
        causes=(
            "The Secret holds another format, such as JSON or shell `export` lines.",
            "Two files were joined without a line break, or a byte-order mark stands at the beginning.",
            "A section heading lost its bracket in a template.",
        ),
        evidence=(
            "The parser stopped; path and line number are shown, the line itself is not, because it may hold a key. "
            "Certain. The order of the causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "profile-unreadable": "The file cannot be opened at all.",
                "profile-incomplete": "The file parses and the profile lacks something.",
            }
        ),
        fixes=(
            (
                "Mend the named line. Each section starts with `[NAME]` (`[profile NAME]` in the config file) and "
                "holds `key = value` lines."
            ),
            "If the pod is meant to use a role, remove the mount instead.",
        ),
        references=(
            "AWS SDKs and Tools Reference Guide: Shared config and credentials files",
            "boto/botocore:botocore/configloader.py",
        ),
    ),
    Entry(
        code="profile-incomplete",
        exit_code=21,
        severity=Severity.ERROR,
        title="The profile in use is incomplete or contradicts itself",
        meaning=(
            "The profile exists but cannot give credentials as it stands: a role without a source, half of a key pair, "
            "a source profile that does not exist, or a credential_source that is not one of Environment, "
            "Ec2InstanceMetadata and EcsContainer. botocore stops here; other SDKs may go on to the next source and "
            "end up as somebody else."
        ),
        seen_as=(
            "Partial credentials found in shared-credentials-file, missing:",
            "Partial credentials found in assume-role, missing: source_profile or credential_source",
            "contains both source_profile and credential_source",
            'The credential source "',
            'The source_profile "',
        ),
        causes=(
            "`role_arn` was copied without `source_profile`, `credential_source` or `web_identity_token_file`.",
            "The profile that `source_profile` names was left out of the file.",
            "`credential_source` is misspelt; botocore compares it exactly.",
        ),
        evidence=(
            "The files were parsed and the profile's keys were checked against what each kind of profile needs. "
            "Certain. The order of the causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "profile-missing": "There is no profile of that name.",
                "profile-malformed": "The file cannot be parsed.",
                "web-identity-partial": "The half-made pair is in the environment.",
                "static-keys-partial": "The half pair of keys is in the environment.",
            }
        ),
        fixes=(
            "Complete the profile, or remove `role_arn` from it when the pod's own role already is the target.",
            "In a pod with IRSA or Pod Identity a profile is rarely needed: remove AWS_PROFILE and the mount.",
        ),
        references=(
            "boto/botocore:botocore/credentials.py",
            "AWS SDKs and Tools Reference Guide: Assume role credential provider",
        ),
    ),
    Entry(
        code="profile-shadow",
        exit_code=81,
        severity=Severity.ERROR,
        title="Credentials in a file win over the expected source",
        meaning=(
            "A shared config or credentials file holds credentials, and for some SDKs they precede the source that was "
            "meant. Against IRSA, static keys in a profile win in JS v3, Rust, C++ and CRT, not in Go, botocore, Java "
            "and .NET; a profile with role_arn wins in botocore too. Against Pod Identity and IMDS a profile's keys "
            "win everywhere."
        ),
        seen_as=("InvalidClientTokenId: The security token included in the request is invalid",),
        causes=(
            (
                "A credentials file is mounted by a chart value although the workload uses a role (Velero: "
                "`credentials.useSecret`; its AWS plugin then even unsets the IRSA variables)."
            ),
            "An image carries a home directory with `.aws` in it.",
            "AWS_SHARED_CREDENTIALS_FILE or AWS_CONFIG_FILE points to an old Secret.",
        ),
        evidence=(
            "The profile in use holds credentials, and another source is configured or expected. Certain for each SDK "
            "whose order is known from its source."
        ),
        told_apart_from=look_alikes(
            {
                "static-keys-shadow": "The keys that win are in the environment, and nearly every SDK is affected.",
                "unexpected-source": "Another source than a file gave the identity.",
            }
        ),
        fixes=(
            (
                "Remove the mount or the variable that names the file, then roll the pods (Velero: `--set "
                "credentials.useSecret=false`)."
            ),
            "If the file is meant, say so to the probe with `--expect shared-config`.",
        ),
        references=(
            "vmware-tanzu/velero#8240",
            "vmware-tanzu/velero#7302",
            "vmware-tanzu/velero-plugin-for-aws#186",
            "aws/aws-sdk-go-v2:config/resolve_credentials.go",
        ),
    ),
)
