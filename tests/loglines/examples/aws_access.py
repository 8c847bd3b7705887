from tests.loglines.example import certain, likely

STS = "sts"
_APP = "arn:aws:sts::111122223333:assumed-role/app/botocore-session-1"
_NODE = "arn:aws:sts::111122223333:assumed-role/eksctl-demo-NodeInstanceRole-1A2B3C4D5E6F/i-0123456789abcdef0"

EXAMPLES = (
    # Denied
    certain(
        STS,
        "self-assume",
        "cert-manager: unable to assume role: AccessDenied: User: "
        "arn:aws:sts::111122223333:assumed-role/cert-manager/1700 is "
        "not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/infra/cert-manager",
    ),
    certain(
        STS,
        "chained-role-denied",
        f"AccessDenied: User: {_APP} is not authorized to perform: sts:TagSession on resource: "
        "arn:aws:iam::444455556666:role/target",
    ),
    certain(
        None,
        "permission-denied-scp",
        f"User: {_APP} is not authorized to perform: ec2:RunInstances on resource: * with an explicit deny in a "
        f"service "
        "control policy",
    ),
    certain(
        None,
        "permission-denied-scp",
        f"User: {_APP} is not authorized to perform: ec2:RunInstances because no service control policy allows the "
        "ec2:RunInstances action",
    ),
    certain(
        None,
        "permission-denied-boundary",
        f"User: {_APP} is not authorized to perform: s3:ListBucket with an explicit deny in a permissions boundary",
    ),
    certain(
        None,
        "permission-denied-boundary",
        f"User: {_APP} is not authorized to perform: s3:ListBucket because no permissions boundary allows the action",
    ),
    certain(
        None,
        "permission-denied-session-policy",
        f"User: {_APP} is not authorized to perform: s3:ListBucket with an explicit deny in a session policy",
    ),
    certain(
        None,
        "permission-denied-session-policy",
        f"User: {_APP} is not authorized to perform: s3:ListBucket because no session policy allows the action",
    ),
    likely(
        None,
        "unexpected-source",
        f"AccessDenied: User: {_NODE} is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::444455556666:role/target",
    ),
    likely(
        STS,
        "chained-role-denied",
        f"AccessDenied: User: {_APP} is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::444455556666:role/target",
    ),
    likely(
        None,
        "unexpected-source",
        f'Forbidden: User: {_NODE} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::demo" '
        f"because no "
        "identity-based policy allows the s3:ListBucket action",
    ),
    likely(
        None,
        "imds-impostor",
        "User: arn:aws:sts::111122223333:assumed-role/kube2iam/app is not authorized to perform: s3:GetObject",
    ),
    certain(
        "go-v2",
        "permission-denied",
        "operation error Route 53: ListHostedZones, https response error StatusCode: 403, RequestID: 1, api error "
        f"AccessDenied: User: {_APP} is not authorized to perform: route53:ListHostedZones because no "
        f"identity-based policy "
        "allows the route53:ListHostedZones action",
    ),
    certain(
        "go-v1",
        "permission-encoded",
        "UnauthorizedOperation: You are not authorized to perform this operation. Encoded authorization failure "
        "message: "
        "4GIOHlTkIaWHQD0Q0m6XSnuUMCm\n\tstatus code: 403, request id: 1",
    ),
    likely(None, "permission-denied", f"User: {_APP} is not authorized to perform: elasticloadbalancing:AddTags"),
    likely(
        "botocore",
        "permission-denied",
        "An error occurred (UnauthorizedOperation) when calling the DescribeSubnets operation: You are not authorized.",
    ),
    # Not accepted
    likely(
        STS,
        "clock-skew",
        "SignatureDoesNotMatch: Signature expired: 20250101T000000Z is now earlier than 20250101T010000Z "
        "(20250101T011500Z - 15 min.)",
    ),
    certain(
        STS,
        "clock-skew",
        "SignatureDoesNotMatch: Signature not yet current: 20250101T020000Z is still later than 20250101T011500Z",
    ),
    likely(None, "clock-skew", "<Code>RequestTimeTooSkewed</Code>"),
    likely(
        None,
        "credentials-rejected",
        "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.",
    ),
    certain(None, "credentials-expired", "ExpiredToken: The security token included in the request is expired"),
    likely(
        "botocore",
        "credentials-rejected",
        "An error occurred (UnrecognizedClientException) when calling the ListTables operation: The security token "
        "included "
        "in the request is invalid.",
    ),
    likely(
        "botocore",
        "credentials-rejected",
        "An error occurred (AuthFailure) when calling the DescribeVpcs operation: AWS was not able to validate the "
        "provided "
        "access credentials",
    ),
    likely(None, "credentials-rejected", "<Code>InvalidClientTokenId</Code>"),
    certain(None, "imds-role-unauthorized", '{ "Code" : "AssumeRoleUnauthorizedAccess", "Message" : "no" }'),
    certain(None, "imds-role-unauthorized", "EC2 cannot assume the role demo-node-role."),
    certain(None, "imds-role-unauthorized", '{ "Code" : "InstanceProfileNotFound" }'),
)
