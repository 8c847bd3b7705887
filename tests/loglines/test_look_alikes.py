"""Lines that share words with known texts and mean something else."""

import pytest

from probe.loglines import read_log

NOT_OURS = {
    "another service refuses": "AccessDenied: Access Denied status code: 403, request id: 5c3f9ce5",
    "another program's 401": 'level=info msg="GET /api/v1/things" status code: 401',
    "another address refuses": 'Get "http://10.0.0.7/health": dial tcp 10.0.0.7:80: connect: connection refused',
    "an address that only begins alike": "dial tcp 169.254.169.253:53: i/o timeout",
    "a longer address than ECS'": 'Get "http://169.254.170.21": dial tcp 169.254.170.21:80: connect: no route to host',
    "another port of the agent's address": "dial tcp 169.254.170.23:2703: connect: connection refused",
    "Azure's sts": 'Get "https://sts.windows.net/tenant/": dial tcp: lookup sts.windows.net: no such host',
    "Google's sts": 'Post "https://sts.googleapis.com/v1/token": x509: certificate signed by unknown authority',
    "the API server": 'Get "https://EXAMPLE.gr7.eu-west-1.eks.amazonaws.com": dial tcp 10.0.0.1:443: i/o timeout',
    "a load balancer of one's own": (
        'Get "https://internal-demo.eu-west-1.elb.amazonaws.com/": dial tcp 10.0.0.1:443: connect: connection refused'
    ),
    "a registry": 'Head "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/": dial tcp 10.0.0.1:443: i/o timeout',
    "another file that is not there": "FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/token'",
    "another file that may not be read": "open /var/run/secrets/kubernetes.io/serviceaccount/token: permission denied",
    "an operating system error of any Rust program": "Error: No such file or directory (os error 2)",
    "throttling of another API": "ThrottlingException: Rate exceeded status code: 400, request id: 1",
    "an audience of another issuer": "oidc: Incorrect token audience, expected app",
    "a code in a list of what is tried again": "retrying on IDPCommunicationError, RequestTimeout, Throttling",
    "not found in another service": "An error occurred (ResourceNotFoundException) when calling the GetSecretValue "
    "operation",
    "not found beside no agent": "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    "a webhook of somebody else": 'failed calling webhook "validate.example.com": connection refused',
    "another program's status": "Error: Server responded with status: 500",
    "another program's config": "Unable to parse config file: /etc/app.yaml",
    "subnets of somebody else": "terraform: cannot find at least two subnets in network demo",
    "a Rust crate's own full URI": "invalid full URI for request",
    "the right words in another case": "nocredentialproviders: No Valid Providers In Chain",
    "an event without a fault": '{"level":"info","msg":"successfully assumed role with web identity"}',
    "the real IMDS at work": "GET http://169.254.169.254/latest/meta-data/placement/region 200",
    "the agent at work": '{"level":"info","msg":"Calling EKS Auth to fetch credentials"}',
    "nothing at all": "",
}


@pytest.mark.parametrize("line", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_a_look_alike_is_left_alone(line: str) -> None:
    assert read_log(line) == ()


def codes_of(log: str) -> list[tuple[str, ...]]:
    return [match.codes for match in read_log(log)]


def test_a_role_that_assumes_another_account_s_namesake_is_not_a_self_assume() -> None:
    [codes] = codes_of(
        "User: arn:aws:sts::111122223333:assumed-role/app/1 is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::444455556666:role/app",
    )

    assert codes[0] == "chained-role-denied"


def test_a_role_whose_name_only_begins_alike_is_not_a_self_assume() -> None:
    [codes] = codes_of(
        "User: arn:aws:sts::111122223333:assumed-role/app/1 is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::111122223333:role/app-admin",
    )

    assert codes[0] == "chained-role-denied"


def test_the_status_of_a_later_error_is_not_taken_for_that_of_imds() -> None:
    log = (
        "EC2RoleRequestError: no EC2 instance role found\n"
        "caused by: EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 404, request id: \n"
        "caused by: something else\n\tstatus code: 401, request id: "
    )

    assert codes_of(log) == [("imds-no-role", "imds-impostor")]


def test_no_text_that_fits_hop_limit_and_blocked_path_alike_is_called_certain() -> None:
    for match in read_log(
        "no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded"
    ):
        assert match.certainty == "likely"
        assert {"imds-hop-limit", "imds-blocked"} <= set(match.codes)


def test_an_interface_endpoint_that_stalls_is_not_the_global_one() -> None:
    [codes] = codes_of('Connect timeout on endpoint URL: "https://sts.eu-west-1.amazonaws.com/"')

    assert codes == ("sts-unreachable",)
