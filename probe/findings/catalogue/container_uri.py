"""The container credentials URI: whether it can be called at all."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="container-uri-invalid",
        exit_code=41,
        severity=Severity.ERROR,
        title="The container credentials URI is not a usable URI",
        meaning=(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set, and its value is not "
            "a URI that any SDK can call. An empty value counts as well: botocore and Rust take an empty variable as "
            "set, Go and JS ignore it."
        ),
        seen_as=(
            "unable to parse host from local HTTP cred provider URL",
            "CredentialsEndpointError: invalid URL",
            "invalid full URI for ECS provider",
        ),
        causes=(
            "The value was set by hand, and lacks the scheme or the host.",
            "An IPv6 address without brackets.",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI holds a full URI; it must be a path.",
        ),
        evidence=(
            "The value was parsed and the part that is wrong is shown. Certain. The order of the causes is a "
            "judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "container-host-not-allowed": (
                    "The URI is well-formed, and its host is one that SDKs refuse over plain http."
                ),
            }
        ),
        fixes=(
            (
                "Remove the variable from the container spec and let the webhook inject it; then roll the pods: "
                "`kubectl -n NAMESPACE rollout restart deployment/NAME`."
            ),
            (
                "By hand it is `http://169.254.170.23/v1/credentials` for the EKS agent (IPv6: "
                "`http://[fd00:ec2::23]/v1/credentials`)."
            ),
        ),
        references=(
            "AWS SDKs and Tools Reference Guide: Container credential provider",
            "boto/botocore:botocore/utils.py",
            "smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src/ecs.rs",
        ),
    ),
    Entry(
        code="container-host-not-allowed",
        exit_code=41,
        severity=Severity.ERROR,
        title="SDKs refuse the host of the container credentials URI",
        meaning=(
            "The URI names a host that SDKs do not allow over plain http. Allowed are loopback, 169.254.170.2, "
            "169.254.170.23 and fd00:ec2::23; https is open to any host in most SDKs (botocore since 1.42.5). Names "
            "are a trap: Go, Rust and C++ resolve them and want every address allowed, botocore and JS accept no name "
            "but `localhost`."
        ),
        seen_as=(
            "only loopback/ecs/eks hosts are allowed",
            "Unsupported host '",
            "URL not accepted. It must either be HTTPS or match one of the following:",
            "URI did not refer to an allowed IP address",
            "has an invalid host. Host should resolve to a loopback address",
        ),
        causes=(
            "The URI names a host of your own, such as a service name, over http.",
            "A name stands in for the agent's address; the agent refuses such a Host header as well.",
        ),
        evidence=(
            "The URI's host compared with each SDK's own list. Certain for the SDKs whose lists we have read; Java v2 "
            "falls through to the node role here, JS v3 says only that it found no credentials."
        ),
        told_apart_from=look_alikes(
            {
                "container-uri-invalid": "The value is not a URI at all.",
                "container-family-mismatch": (
                    "The host is the agent's own, in the address family that this pod or SDK cannot use."
                ),
                "sdk-too-old": "The host is the agent's own and current SDKs allow it; only an old one does not.",
            }
        ),
        fixes=(
            "Use the literal address of the agent, or https, or a helper on loopback.",
            "Remove the variable if the webhook should inject it, and roll the pods.",
        ),
        references=(
            "aws/aws-sdk-go-v2:config/resolve_credentials.go",
            "boto/botocore:botocore/utils.py",
            "smithy-lang/smithy-typescript#1143",
            "AWS SDKs and Tools Reference Guide: Container credential provider",
        ),
    ),
    Entry(
        code="container-family-mismatch",
        exit_code=41,
        severity=Severity.ERROR,
        title="The container credentials URI is in the wrong address family",
        meaning=(
            "The URI names the agent's IPv6 address and this pod has IPv4 only, or the reverse. Java v2 before "
            "2.48.0 adds a rule of its own: it accepts fd00:ec2::23 only with "
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6, and then refuses the IPv4 addresses; otherwise it falls "
            "through to the node role."
        ),
        seen_as=(
            'invalid endpoint host, "fd00:ec2::23", only loopback hosts are allowed',
            "dial tcp [fd00:ec2::23]:80: connect: network is unreachable",
            "dial tcp [fd00:ec2::23]:80: connect: cannot assign requested address",
        ),
        causes=(
            "The VPC has IPv6 and the pods do not; the agent or a client took IPv6 for usable.",
            "The agent of an older release offers IPv6 in an IPv4 cluster.",
            "A program with Java v2 before 2.48.0 in an IPv6 cluster without the endpoint mode.",
        ),
        evidence=(
            "The family of the URI's host compared with the pod's own addresses, and the agent's other address tried "
            "beside it. Certain for the pod; for Java v2 certain from its source."
        ),
        told_apart_from=look_alikes(
            {
                "container-host-not-allowed": "The host is not the agent's in either family.",
                "agent-no-route": "The family fits, and there is no route to the address.",
                "sdk-too-old": "The SDK knows neither of the agent's addresses.",
            }
        ),
        fixes=(
            (
                "Upgrade the agent: `aws eks update-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent "
                "--addon-version VERSION`. Releases of August 2025 and later listen on IPv4 only in IPv4 clusters."
            ),
            "Java v2 in an IPv6 cluster: 2.48.0 or newer, or set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6.",
        ),
        references=(
            "aws/containers-roadmap#2639",
            "awsdocs/amazon-eks-user-guide#1092",
            "aws/aws-for-fluent-bit#983",
            "aws/secrets-store-csi-driver-provider-aws#465",
        ),
    ),
)
