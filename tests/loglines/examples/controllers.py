from tests.loglines.example import certain, likely

_SETUP = (
    '{"level":"error","ts":"2025-01-01T00:00:00Z","logger":"setup","msg":"unable to initialize AWS cloud","error":"'
)
_VPC = "failed to get VPC ID: failed to fetch VPC ID from instance metadata: "

EXAMPLES = (
    likely(
        "go-v1",
        "vpc-id-unavailable",
        rf"{_SETUP}failed to introspect vpcID from EC2Metadata, specify --aws-vpc-id instead if EC2Metadata is "
        rf"unavailable: "
        r"EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 401, request id: " + '"}',
    ),
    likely(
        "go-v2",
        "vpc-id-unavailable",
        f"{_SETUP}{_VPC}error in fetching vpc id through ec2 metadata: get mac metadata: operation error ec2imds: "
        'GetMetadata, canceled, context deadline exceeded"}',
    ),
    likely(None, "vpc-id-unavailable", f'{_SETUP}{_VPC}something else"}}'),
    likely(
        None,
        "vpc-id-unavailable",
        f'{_SETUP}failed to introspect vpcID from EC2Metadata or Node name, specify --aws-vpc-id instead"}}',
    ),
    likely(
        None,
        "region-missing",
        f"{_SETUP}failed to introspect region from EC2Metadata, specify --aws-region instead if EC2Metadata is "
        'unavailable: context deadline exceeded"}',
    ),
    likely(None, "vpc-id-unavailable", f'{_SETUP}failed to fetch VPC ID with tags: something else"}}'),
    certain(
        None,
        "vpc-id-unavailable",
        f'{_SETUP}failed to get VPC ID: failed to fetch VPC ID with tags: no VPC exists with tags: map[Name:demo]"}}',
    ),
    certain(None, "vpc-id-unavailable", f'{_SETUP}multiple VPCs exist with tags: map[Name:demo]"}}'),
    certain(
        None,
        "subnets-not-discoverable",
        '{"level":"error","msg":"Reconciler error","controller":"ingress","error":"couldn\'t auto-discover subnets: '
        "unable "
        'to resolve at least one subnet"}',
    ),
    certain(
        None,
        "subnets-not-discoverable",
        "couldn't auto-discover subnets: cannot find at least two subnets from different Availability Zones",
    ),
    likely(None, "subnets-not-discoverable", "couldn't auto-discover subnets: something else"),
    likely(None, "vpc-id-unavailable", "failed to get VPC ID: something else"),
    likely(None, "vpc-id-unavailable", f'{_SETUP}something else"}}'),
    certain(
        None,
        "endpoint-unreachable",
        'Post "https://shield.us-east-1.amazonaws.com/": dial tcp 192.0.2.10:443: i/o timeout',
    ),
    certain(
        "go-v1",
        "endpoint-unreachable",
        'RequestError: send request failed caused by: Post "https://elasticloadbalancing.eu-west-1.amazonaws.com/": '
        "dial tcp 192.0.2.10:443: i/o timeout",
    ),
    certain(
        None,
        "endpoint-unreachable",
        'Get "https://demo.s3.eu-west-1.amazonaws.com/?list-type=2": dial tcp 192.0.2.10:443: connect: connection '
        "refused",
    ),
    likely(None, "endpoint-unreachable", '{"level":"FATAL","msg":"ec2 api connectivity check failed"}'),
    likely(None, "nothing-configured", "F0101 00:00:00 Failed to create AWS Manager: something else"),
    likely(None, "region-missing", '{"msg":"Unable to create controller manager","error":"AWS region is missing"}'),
    likely(
        None,
        "controller-feature-unsupported",
        "expected env variable: AWS_WEB_IDENTITY_TOKEN_FILE not found on controller's pod",
    ),
    likely(
        None,
        "identity-not-injected",
        "W0101 00:00:00 dispatcher.go:217] Failed calling webhook, failing open iam-for-pods.amazonaws.com: failed "
        "calling "
        'webhook "iam-for-pods.amazonaws.com": x509: certificate signed by unknown authority',
    ),
    likely(None, "metadata-needed-unreachable", "Failed to get primary MAC from IMDS"),
    likely(None, "metadata-needed-unreachable", "Failed to retrieve region data from instance metadata"),
    likely(
        None,
        "permission-denied",
        "discoverCustomSecurityGroups: unable to describe security groups: something else",
    ),
    likely(None, "permission-denied", "Failed to call ec2:DescribeNetworkInterfaces for [eni-0123]: something else"),
    certain(
        None,
        "permission-denied",
        "Warning  MissingIAMPermissions  pod/aws-node-x7k2p  Unauthorized operation: failed to call ec2:CreateTags",
    ),
    likely(None, "permission-denied", "Initialization failure: ipamd: can not initialize with AWS SDK interface"),
    likely(None, "permission-denied", "container runtime network not ready: cni plugin not initialized"),
    likely(None, "metadata-needed-unreachable", "E0101 main.go:1] could not get metadata from AWS: something else"),
    likely(
        None, "region-missing", "panic: Could not determine region from any metadata service. The region can be set"
    ),
    likely(None, "region-missing", "unable to determine region from IMDS"),
    likely(None, "imds-unavailable", "Unable to reach instance metadata service at http://169.254.169.254/: timed out"),
    likely(None, "permission-denied", "mount.nfs4: access denied by server while mounting 127.0.0.1:/"),
    likely(None, "imds-blocked", "[error] [net] connection #44 timeout after 10 seconds to: 169.254.169.254:80"),
    likely(None, "metadata-needed-unreachable", "[error] [filter:aws:aws.0] Could not retrieve ec2 metadata from IMDS"),
)
