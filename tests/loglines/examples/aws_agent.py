from tests.loglines.example import certain, likely

AGENT = "agent"
_ID = "[5c3f9ce5-ba7d-495e-98b1-ffcd5cf85133]: "
_CACHE = '{"level":"error","msg":"Error fetching credentials: error getting credentials to cache: '
_FETCH = "unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, "
_NODE = "arn:aws:sts::111122223333:assumed-role/eksctl-demo-NodeInstanceRole-1A2B3C4D5E6F/i-0123456789abcdef0"

EXAMPLES = (
    # The agent, in its clients' logs
    certain(
        "go-v2",
        "agent-role-trust",
        f"failed to refresh cached credentials, failed to load credentials, : {_ID}(AccessDeniedException): "
        f"Unauthorized "
        "Exception! EKS does not have permissions to assume the associated role., fault: client",
    ),
    certain(
        "botocore",
        "agent-node-role-denied",
        f"Received non 200 response 400 from container metadata: {_ID}(AccessDeniedException): User: {_NODE} is not "
        "authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: "
        "arn:aws:eks:eu-west-1:111122223333:cluster/x "
        "because no identity-based policy allows it, fault: client",
    ),
    certain(AGENT, "agent-no-association", f"{_ID}(ResourceNotFoundException): No association found, fault: client"),
    certain(
        AGENT,
        "agent-no-association",
        f"{_FETCH}https response error StatusCode: 404, RequestID: 1, ResourceNotFoundException: none",
    ),
    likely(
        "go-v2",
        "container-token-expired",
        f"failed to load credentials, : {_ID}(ExpiredTokenException): The token included in the request is expired, "
        "fault: client",
    ),
    certain(AGENT, "agent-token-rejected", f"{_ID}(InvalidTokenException): bad, fault: client"),
    certain(AGENT, "agent-throttled", f"{_ID}(ThrottlingException): slow down, fault: client"),
    certain(AGENT, "agent-unavailable", f"{_ID}(InternalServerException): oops, fault: server"),
    certain(AGENT, "agent-unavailable", f"{_ID}(ServiceUnavailableException): oops, fault: server"),
    likely(AGENT, "agent-role-trust", f"{_ID}(AccessDeniedException): no, fault: client"),
    likely(AGENT, "container-rejected", f"{_ID}(InvalidParameterException): no, fault: client"),
    likely(
        AGENT,
        "application-layer",
        "Service account token cannot be parsed: token is malformed: could not base64 decode header: illegal base64 "
        "data at "
        "input byte 6",
    ),
    certain(
        "dotnet", "agent-token-rejected", 'Amazon.Runtime.X: Message = "Service account token cannot be parsed: no"'
    ),
    likely(
        AGENT,
        "container-token-expired",
        "Service account token failed basic claim validations: token has invalid claims: token is expired",
    ),
    likely(AGENT, "clock-skew", "Service account token failed basic claim validations: token is not valid yet"),
    likely(AGENT, "agent-token-rejected", "Service account token failed basic claim validations: no exp"),
    likely(
        "botocore",
        "container-token-missing",
        "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 "
        "response 400 "
        "from container metadata: Service account token cannot be empty",
    ),
    likely(
        "botocore",
        "agent-proxied",
        "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 "
        "response 403 "
        "from container metadata: Access Denied. Called agent through invalid address, please use either "
        "[169.254.170.23 "
        "fd00:ec2::23] address not agent.example",
    ),
    # The agent's own log
    likely(AGENT, "agent-unavailable", f'{_CACHE}{_FETCH}get credentials: no EC2 IMDS role found, operation error"}}'),
    certain(
        AGENT,
        "agent-upstream-unreachable",
        f"{_CACHE}{_FETCH}dial tcp: lookup eks-auth.eu-west-1.api.aws: no such host",
    ),
    certain(
        AGENT,
        "agent-upstream-unreachable",
        f'{_FETCH}Post "https://eks-auth.eu-west-1.api.aws/clusters/x/assume-role-for-pod-identity": tls: failed to '
        f"verify "
        "certificate: x509: certificate signed by unknown authority",
    ),
    likely(
        AGENT,
        "agent-upstream-unreachable",
        f'{_CACHE}{_FETCH}https response error StatusCode: 0, RequestID: , canceled, context canceled"}}',
    ),
    likely(AGENT, "agent-upstream-unreachable", "unable to fetch credentials from EKS Auth: something new"),
    likely(
        AGENT,
        "agent-refused",
        "unable to start server: listen tcp [fd00:ec2::23]:80: bind: cannot assign requested address",
    ),
    likely(
        AGENT, "agent-refused", "unable to start server: listen tcp 169.254.170.23:80: bind: address already in use"
    ),
    certain(
        AGENT,
        "agent-unreachable",
        "default/app:41234 (ID:7) <> 169.254.170.23:80 (host) policy-verdict:none EGRESS DENIED (TCP Flags: SYN)",
    ),
    likely(
        AGENT,
        "container-rejected",
        '{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found"}',
    ),
)
