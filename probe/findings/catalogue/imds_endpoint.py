"""IMDS is looked for in the wrong place."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="imds-endpoint-invalid",
        exit_code=51,
        severity=Severity.ERROR,
        title="The IMDS endpoint or its mode is set to something unusable",
        meaning=(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT or AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, or the profile's setting of "
            "that name, cannot be used: it is no URL, names no host, adds a path, or is no mode. No SDK finds IMDS so. "
            "Some do not even get there: botocore reads both settings before it tries its first source, and a mode "
            "that it does not know ends Go v2 as well, so IRSA and keys in the environment fail too."
        ),
        seen_as=(
            "Invalid endpoint EC2 Instance Metadata endpoint:",
            "Invalid EC2 Instance Metadata endpoint mode:",
            "unknown EC2 IMDS endpoint mode",
        ),
        causes=(
            "The URL was written without http://, with quotes, or with an IPv6 address without brackets.",
            "The mode is spelled wrong, or the variable is set and empty, which botocore takes for a wrong mode.",
            "The override has a path such as /latest, which SDKs add themselves.",
            "A variable for a mock on a developer's machine came along in a chart or an image.",
        ),
        evidence=(
            "The setting, read by the rules of a URL: certain. So is a host name that does not exist, and a path below "
            "which IMDS itself (`Server: EC2ws`) answers 404. A host that could not be looked up, or https, is likely "
            "only. That botocore stops was tried with 1.44; that Go v2 stops follows from its source. Not observed in "
            "the field threads that we read."
        ),
        told_apart_from=look_alikes(
            {
                "imds-refused": "The endpoint is well formed, and nobody listens there.",
                "imds-forwarded": "The endpoint has no path, and the PUT alone is refused.",
                "metadata-disabled-by-env": "The environment forbids SDKs to ask IMDS, wherever it is.",
            }
        ),
        becomes_certain_with="An answer of the resolver about the host, or the same probe without the override.",
        fixes=(
            "Take the variable out of the container; SDKs know where IMDS is.",
            (
                "If it must stay: `AWS_EC2_METADATA_SERVICE_ENDPOINT=http://169.254.169.254` without a path, or "
                "`AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6`."
            ),
        ),
        references=(
            "boto/botocore:botocore/utils.py",
            "aws/aws-sdk-go-v2:config/env_config.go",
            "AWS SDKs and Tools Reference Guide: IMDS credential provider",
        ),
    ),
)
