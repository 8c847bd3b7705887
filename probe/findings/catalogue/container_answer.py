"""Container credentials endpoints of any kind: reach, answer, and the SDK that reads it."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="container-endpoint-failed",
        exit_code=43,
        severity=Severity.ERROR,
        title="The container credentials endpoint cannot be reached",
        meaning=(
            "The container credentials URI names an endpoint other than the EKS agent, such as the ECS agent at "
            "169.254.170.2 or a helper on loopback, and the connection to it fails. Go and botocore stop here; Java v2 "
            "goes on, possibly to the node role."
        ),
        seen_as=(
            "dial tcp 169.254.170.2:80",
            'Could not connect to the endpoint URL: "http://169.254.170.2',
            'Could not connect to the endpoint URL: "http://localhost',
            "dial tcp 127.0.0.1",
        ),
        causes=(
            "The helper container that should serve credentials has not started or has stopped.",
            "A variable of an ECS task was carried over to Kubernetes, where 169.254.170.2 does not exist.",
            "A policy or rule blocks the address.",
        ),
        evidence=(
            "Refused, timed out or without a route at the host of the URI, which is neither 169.254.170.23 nor "
            "fd00:ec2::23. Certain that it fails, likely for the reason. The order of the causes is a judgement, not a "
            "count."
        ),
        told_apart_from=look_alikes(
            {
                "agent-refused": "The URI names the EKS agent, and the connection is refused.",
                "agent-unreachable": "The URI names the EKS agent, and nothing answers.",
                "container-rejected": "The endpoint was reached and answered with an error.",
            }
        ),
        becomes_certain_with=(
            "For the reason: the state of the helper container: `kubectl -n NAMESPACE get pod POD -o wide` and its log."
        ),
        fixes=(
            (
                "On EKS remove AWS_CONTAINER_CREDENTIALS_RELATIVE_URI if it is left from ECS, and let the webhook "
                "inject the agent's URI."
            ),
            "Start the helper before the application (native sidecar), and check its port.",
        ),
        references=(
            "aws/amazon-ecs-agent:ecs-agent/tmds/handlers/v1/credentials_handler.go",
            "AWS SDKs and Tools Reference Guide: Container credential provider",
        ),
    ),
    Entry(
        code="container-rejected",
        exit_code=45,
        severity=Severity.ERROR,
        title="The container credentials endpoint answers with an unknown error",
        meaning=(
            "The endpoint was reached and refused with an HTTP status and text that have no finding of their own. "
            "Status and the error's code are shown; the body is not kept."
        ),
        seen_as=(
            "from container metadata:",
            "Non-success status from HTTP credential provider:",
            "Server responded with status:",
            "Unable to retrieve credentials. Message =",
            "SerializationError: failed to decode error message",
        ),
        causes=(
            "An ECS-style endpoint that does not know the id in the path, or has not got its credentials yet.",
            "A path other than `/v1/credentials` at the EKS agent (404).",
            "A home-made endpoint that wants another token.",
        ),
        evidence=(
            "A complete HTTP answer other than 200 that matches none of the known errors of the EKS agent or EKS Auth. "
            "Certain that it refuses, likely for the reason."
        ),
        told_apart_from=look_alikes(
            {
                "agent-token-rejected": "The agent or EKS Auth says that the token is not acceptable.",
                "agent-impostor": "The EKS agent's address is answered by something else.",
                "container-endpoint-failed": "No answer at all came from the endpoint.",
            }
        ),
        becomes_certain_with="The endpoint's own log.",
        fixes=(
            (
                "Look the status up at the endpoint's side; for ECS-style endpoints 400 means an unknown id and 503 "
                "that credentials are not there yet."
            ),
            "At the EKS agent the path is `/v1/credentials`; let the webhook inject the URI.",
            "Please report a status and error code of the EKS agent that we do not know.",
        ),
        references=(
            "aws/amazon-ecs-agent:ecs-agent/credentials/manager.go",
            "aws/eks-pod-identity-agent:pkg/errors/errors.go",
        ),
    ),
    Entry(
        code="container-response-malformed",
        exit_code=48,
        severity=Severity.ERROR,
        title="The container credentials answer cannot be used",
        meaning=(
            "The endpoint answered 200, and the answer is not usable credentials: not JSON, too long, or a field is "
            "missing. SDKs want different fields: botocore, JS and Rust need all of AccessKeyId, SecretAccessKey, "
            "Token and Expiration, while Go takes an answer without Expiration for keys that never expire."
        ),
        seen_as=(
            "Unable to parse JSON returned from container metadata services",
            "KeyError: 'Expiration'",
            "KeyError: 'Token'",
        ),
        causes=(
            "A home-made or outdated credentials endpoint.",
            "Something else answers 200 at the address, such as a log-in page.",
        ),
        evidence=(
            "Status 200 and the names of the fields that are missing, or the content type; no value is kept. Certain. "
            "Not observed in the field threads that we read."
        ),
        told_apart_from=look_alikes(
            {
                "agent-impostor": "A request without a token is not answered as the EKS agent answers it.",
            }
        ),
        fixes=(
            "Let the endpoint return AccessKeyId, SecretAccessKey, Token and Expiration (RFC 3339).",
            "If the URI should lead to the EKS agent, find out what answers instead: `agent-impostor`.",
        ),
        references=(
            "aws/eks-pod-identity-agent:pkg/credentials/model.go",
            "boto/botocore:botocore/credentials.py",
            "smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src/http_credential_provider.rs",
        ),
    ),
    Entry(
        code="sdk-too-old",
        exit_code=41,
        severity=Severity.ERROR,
        title="The path works, and this SDK version cannot use Pod Identity",
        meaning=(
            "The probe got credentials from the agent, and the SDK version that was named cannot. Either it does not "
            "know the agent's address, or it does not read the token file, or (botocore 1.32.0 to 1.34.40) it keeps "
            "the first token and fails after hours. Java v2 before 2.21.26 uses the node role instead, if IMDS "
            "answers. In JS v3 the same text also hides any other failure of the agent call."
        ),
        seen_as=(
            'invalid endpoint host, "169.254.170.23", only loopback hosts are allowed',
            "Can only retrieve metadata from these hosts: 169.254.170.2, localhost, 127.0.0.1",
            "169.254.170.23 is not a valid container metadata service hostname",
            "URI did not refer to the loopback interface",
        ),
        causes=(
            (
                "A controller release built with an SDK older than November 2023: aws-sdk-go before 1.47.11, "
                "aws-sdk-go-v2 config before 1.25.0."
            ),
            "Python with botocore before 1.34.41.",
            (
                "JS v3 with credential-provider-node before 3.503.1: the official minimum is lower, and too low for "
                "the default chain."
            ),
            "A plug-in inside a newer program that brings an old SDK of its own.",
        ),
        evidence=(
            "The agent answered with credentials, and the SDK and version given with `--sdk` are below the minimum. "
            "Certain with the version or with one of the log lines (except that of JS v3), likely otherwise."
        ),
        told_apart_from=look_alikes(
            {
                "container-host-not-allowed": "No SDK of any version accepts the host.",
                "container-family-mismatch": "The SDK knows the agent, in the other address family only.",
                "container-token-expired": "The file itself holds an expired token.",
                "application-layer": "The path works, and nothing is known about the SDK's version.",
                "controller-sdk-too-old": "The SDK's version is known through the controller's release.",
            }
        ),
        becomes_certain_with="The SDK's version: `--sdk NAME@VERSION`, or the controller's image tag.",
        fixes=(
            (
                "Upgrade the controller to a release whose SDK is new enough: Go 1.47.11, Go v2 config 1.25.0, boto3 "
                "1.34.41, Java v2 2.21.30, JS v3 3.515.0 to be safe, Rust aws-config 1.1.8, C++ 1.11.263, .NET "
                "3.7.734.0."
            ),
            "Until then use IRSA, which SDKs since 2019 know.",
        ),
        references=(
            "kubernetes-sigs/external-dns#4353",
            "aws-controllers-k8s/community#2145",
            "kubernetes/autoscaler#6461",
            "boto/botocore#3117",
            "smithy-lang/smithy-typescript#1144",
            "EKS User Guide: Use pod identity with the AWS SDK",
        ),
    ),
)
