from tests.loglines.example import certain, likely

_AGENT = 'failed to load credentials, request send failed, Get "http://169.254.170.23/v1/credentials": '
_IMDS = 'Get "http://169.254.169.254/latest/meta-data/mac": '
_V2 = (
    "failed to refresh cached credentials, failed to retrieve credentials, operation error STS: "
    "AssumeRoleWithWebIdentity, "
    "exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, "
)
_V1 = "WebIdentityErr: failed to retrieve credentials\ncaused by: RequestError: send request failed\ncaused by: "
_REGIONAL = 'Post "https://sts.eu-west-1.amazonaws.com/": '

EXAMPLES = (
    certain(None, "agent-refused", f"{_AGENT}dial tcp 169.254.170.23:80: connect: connection refused"),
    certain(
        None,
        "agent-refused",
        'Get "http://[fd00:ec2::23]/v1/credentials": dial tcp [fd00:ec2::23]:80: connect: connection refused',
    ),
    certain(None, "agent-unreachable", f"{_AGENT}dial tcp 169.254.170.23:80: i/o timeout"),
    likely(
        None,
        "agent-no-route",
        'Get "http://[fd00:ec2::23]/v1/credentials": dial tcp [fd00:ec2::23]:80: connect: network is unreachable',
    ),
    certain(None, "agent-proxied", f"{_AGENT}proxyconnect tcp: dial tcp 10.1.1.1:3128: i/o timeout"),
    likely(
        None,
        "agent-slow",
        "pod_identity_credential_provider.go:142] HTTP request to pod identity agent failed: "
        'Get "http://169.254.170.23/v1/credentials": context deadline exceeded (Client.Timeout exceeded while awaiting '
        "headers)",
    ),
    certain(
        None,
        "container-endpoint-failed",
        'Get "http://169.254.170.2/v2/credentials/1": dial tcp 169.254.170.2:80: connect: no route to host',
    ),
    certain(None, "imds-refused", f"{_IMDS}dial tcp 169.254.169.254:80: connect: connection refused"),
    certain(
        "go-v1",
        "imds-no-route",
        "EC2RoleRequestError: no EC2 instance role found\ncaused by: RequestError: send request failed\n"
        f"caused by: {_IMDS}dial tcp 169.254.169.254:80: connect: network is unreachable",
    ),
    likely(None, "imds-blocked", f"{_IMDS}dial tcp 169.254.169.254:80: i/o timeout"),
    certain(None, "imds-proxied", f"{_IMDS}proxyconnect tcp: dial tcp: lookup proxy.example: no such host"),
    certain(None, "imds-reset", f"{_IMDS}read tcp 10.0.0.9:41234->169.254.169.254:80: read: connection reset by peer"),
    likely(
        None,
        "imds-hop-limit",
        'Put "http://169.254.169.254/latest/api/token": net/http: timeout awaiting response headers',
    ),
    likely(
        None,
        "imds-hop-limit",
        f"{_IMDS}context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
    ),
    certain("go-v2", "sts-proxy-failed", f"{_V2}{_REGIONAL}proxyconnect tcp: dial tcp 10.1.1.1:3128: i/o timeout"),
    certain("go-v1", "sts-proxy-failed", f"{_V1}{_REGIONAL}Proxy Authentication Required"),
    certain(
        "go-v2",
        "sts-dns-failed",
        f"{_V2}{_REGIONAL}dial tcp: lookup sts.eu-west-1.amazonaws.com on 10.100.0.10:53: no such host",
    ),
    certain(
        "go-v1",
        "sts-dns-failed",
        f"{_V1}{_REGIONAL}dial tcp: lookup sts.eu-west-1.amazonaws.com: i/o timeout",
    ),
    likely(
        "go-v1",
        "sts-global-endpoint-unreachable",
        f'{_V1}Post "https://sts.amazonaws.com/": dial tcp 192.0.2.10:443: i/o timeout',
    ),
    certain("go-v2", "sts-unreachable", f"{_V2}{_REGIONAL}dial tcp 192.0.2.10:443: i/o timeout"),
    likely(
        "go-v2",
        "sts-tls-intercepted",
        f"{_V2}{_REGIONAL}tls: failed to verify certificate: x509: certificate signed by unknown authority",
    ),
    likely("go-v1", "sts-tls-failed", f"{_V1}{_REGIONAL}net/http: TLS handshake timeout"),
    likely(
        "go-v1",
        "sts-no-answer",
        f"{_V1}{_REGIONAL}context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
    ),
)
