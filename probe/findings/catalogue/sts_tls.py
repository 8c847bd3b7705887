"""STS after the connection: TLS, silence, and answers that are not STS's."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="sts-tls-failed",
        exit_code=34,
        severity=Severity.ERROR,
        title="The TLS handshake with STS fails in this container",
        meaning=(
            "TCP to STS works and the TLS handshake does not, although the certificate is not a stranger's. The fault "
            "is usually on this side: no usable CA bundle, or a clock outside the certificate's life."
        ),
        seen_as=(
            "x509: certificate signed by unknown authority",
            "CERTIFICATE_VERIFY_FAILED",
            "x509: certificate has expired or is not yet valid",
            "tls: handshake failure",
            "unable to get local issuer certificate",
        ),
        causes=(
            "The image has no CA certificates, or very old ones.",
            (
                "AWS_CA_BUNDLE, SSL_CERT_FILE or REQUESTS_CA_BUNDLE names a file that holds only a private CA, or no "
                "file at all."
            ),
            "The clock of the node is wrong.",
            "Something on the way cuts the handshake off.",
        ),
        evidence=(
            "The handshake failed after a good connect, and the served certificate, read without trust, names Amazon "
            "as issuer or could not be read. Certain that TLS fails; the error is the library's own. The order of the "
            "causes is a judgement, not a count."
        ),
        told_apart_from=look_alikes(
            {
                "sts-tls-intercepted": "The served certificate is issued by somebody who is not Amazon.",
                "clock-skew": (
                    "The Date header shows that the clock is off, which explains a certificate that is not yet, or no "
                    "longer, valid."
                ),
                "endpoint-override": "The name checked is that of an overridden endpoint.",
            }
        ),
        fixes=(
            "Put the CA certificates into the image (package `ca-certificates`).",
            "If a bundle variable is set, let it name a file that holds the public CAs and the private one.",
            "If the message is about time, mend the node's clock.",
        ),
        references=(
            "aws/aws-sdk-go:aws/session/env_config.go",
            "AWS SDKs and Tools Reference Guide: General configuration",
        ),
    ),
    Entry(
        code="sts-tls-intercepted",
        exit_code=34,
        severity=Severity.ERROR,
        title="TLS to STS is intercepted by a certificate that is not Amazon's",
        meaning=(
            "Between this pod and STS somebody terminates TLS and shows a certificate of their own, usually a "
            "company's inspecting proxy or firewall. This container does not trust its issuer. It is not an AWS fault, "
            "and IAM is not involved yet."
        ),
        seen_as=(
            "x509: certificate signed by unknown authority",
            "self signed certificate in certificate chain",
            "CERTIFICATE_VERIFY_FAILED",
        ),
        causes=(
            "An inspecting proxy or firewall on the egress path, whose CA is on the nodes and not in the image.",
            "STS traffic was once exempt from inspection and is no longer.",
        ),
        evidence=(
            "Verification failed, and the served certificate's issuer is not Amazon; issuer and subject are shown. "
            "Certain where it was made for the host that was asked for; who made it is for you to recognise. Likely "
            "where it is for another name: then the name may lead to somebody else's server, such as an ingress "
            "behind a wildcard of a DNS search domain."
        ),
        told_apart_from=look_alikes(
            {
                "sts-tls-failed": "The served certificate is Amazon's, or none was served.",
                "sts-proxy-failed": "The proxy refuses the tunnel, so no certificate is seen.",
                "endpoint-override": "The endpoint was overridden, so a foreign certificate is no surprise.",
                "web-identity-thumbprint": (
                    "It speaks of a certificate too, but STS says it about the issuer's, and the pod's own TLS is fine."
                ),
            }
        ),
        fixes=(
            "Best: exempt `sts.REGION.amazonaws.com` from inspection, or use a VPC endpoint for STS.",
            (
                "Otherwise mount the company's CA and name it for every SDK in the pod: AWS_CA_BUNDLE (botocore, Go), "
                "SSL_CERT_FILE (Go, OpenSSL), NODE_EXTRA_CA_CERTS (JS), the JVM's truststore (Java)."
            ),
            "Go v1 treats IMDS more patiently once AWS_CA_BUNDLE is set, so failures there take longer.",
        ),
        references=(
            "uswitch/kiam#377",
            "eksctl-io/eksctl#4019",
            "99designs/aws-vault#696",
            "aws/eks-pod-identity-agent#47",
        ),
    ),
    Entry(
        code="sts-no-answer",
        exit_code=34,
        severity=Severity.ERROR,
        title="STS was reached and never answered the request",
        meaning=(
            "TCP and TLS to STS succeed, the request goes out, and no answer comes back within the time limit. Name, "
            "route and certificate are fine; something between here and STS keeps the request or its answer."
        ),
        seen_as=("Client.Timeout exceeded while awaiting headers", 'Read timeout on endpoint URL: "https://sts.'),
        causes=(
            "Large packets are lost on the way: a path MTU problem, for example with an overlay or a tunnel.",
            "A proxy or an inspecting firewall holds the request.",
            "STS is slow or throttles; rare.",
        ),
        evidence=(
            "Connect and TLS are done and the request is sent; no byte came back. Unacknowledged data with "
            "retransmissions says that the request is lost, none says that the answer is. Certain that no answer came, "
            "likely for the reason; we have no counted field cases."
        ),
        told_apart_from=look_alikes(
            {
                "sts-unreachable": "The connection itself fails.",
                "sts-unavailable": "STS answers, with a server error.",
                "walk-cut": "The walk ended before STS had its time; nothing is known about STS.",
            }
        ),
        becomes_certain_with="For the reason: the same request from a hostNetwork pod on this node.",
        fixes=(
            (
                "Run the probe with `hostNetwork: true` on the same node: if STS answers there, the pod network is at "
                "fault. Compare the MTU of the pod's and the node's interface."
            ),
            "If a proxy or firewall is on the path, look for the request in its log.",
        ),
        references=("encode/httpcore:docs/extensions.md", "Linux manual page: tcp(7)"),
    ),
    Entry(
        code="sts-impostor",
        exit_code=38,
        severity=Severity.ERROR,
        title="Whatever answers at the STS endpoint is not STS",
        meaning=(
            "An answer came that is not STS's: no XML of the STS API in it. A proxy's error page, a log-in page, an "
            "ingress or a stand-in behind an endpoint override all look like this. The SDK's own message is then often "
            "about parsing."
        ),
        seen_as=(
            "SerializationError: failed to unmarshal error message",
            "deserialization failed, failed to decode response body",
            "Unable to parse response",
        ),
        causes=(
            "AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_STS names another host.",
            "A forward proxy answers with a page of its own.",
            "A private hosted zone or a service mesh sends the name somewhere else.",
        ),
        evidence=(
            "Status, Server header and content type of the answer, with TLS verified or not; the body is neither kept "
            "nor shown. Certain that the answer is not STS's."
        ),
        told_apart_from=look_alikes(
            {
                "endpoint-override": "Explains it when set; without it something on the way is at fault.",
                "sts-proxy-failed": "The proxy refused the tunnel, before any request was sent.",
                "sts-unavailable": "STS itself answers with a server error, in its XML.",
            }
        ),
        fixes=(
            "Remove the endpoint override if there is one.",
            "Look up the name from the pod and compare the address with that of the VPC endpoint or of public STS.",
            "If the answer names a proxy in its Server or Via header, exempt STS from it with NO_PROXY.",
        ),
        references=("aws-controllers-k8s/community#1015", "boto/botocore:botocore/data/sts/2011-06-15/service-2.json"),
    ),
)
