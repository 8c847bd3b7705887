"""botocore's own fetchers read what the lab serves; every address is given, and all are loopback."""

from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher

from probe.lab.servers import (
    AgentConfig,
    AgentServer,
    Canaries,
    EcsConfig,
    EcsServer,
    Fault,
    FaultKind,
    ImdsConfig,
    ImdsServer,
    mint_credentials,
    mint_token,
)


def instance_fetcher(server: ImdsServer) -> InstanceMetadataFetcher:
    return InstanceMetadataFetcher(timeout=0.5, num_attempts=1, base_url=f"{server.base_url}/", env={})


def test_botocore_takes_the_role_of_the_node_with_a_token(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    with ImdsServer(ImdsConfig(credentials=keys)) as server:
        found = instance_fetcher(server).retrieve_iam_role_credentials()
        assert found["access_key"] == keys.access_key_id
        assert found["role_name"] == "node-role"
        assert [one.routes for one in server.requests] == [("token",), ("listing",), ("role",)]


def test_botocore_falls_back_to_a_tokenless_get_when_the_token_put_stalls(canaries: Canaries) -> None:
    stall = Fault(kind=FaultKind.STALL, route="token")
    config = ImdsConfig(tokens="optional", credentials=mint_credentials(canaries), faults=(stall,))
    with ImdsServer(config) as server:
        assert instance_fetcher(server).retrieve_iam_role_credentials()["role_name"] == "node-role"
        assert server.requests[1].routes == ("tokenless", "listing")


def test_botocore_finds_nothing_behind_the_hop_limit_where_tokens_are_required(canaries: Canaries) -> None:
    stall = Fault(kind=FaultKind.STALL, route="token")
    with ImdsServer(ImdsConfig(credentials=mint_credentials(canaries), faults=(stall,))) as server:
        assert instance_fetcher(server).retrieve_iam_role_credentials() == {}


def test_botocore_reads_the_pod_identity_agent(canaries: Canaries) -> None:
    keys = mint_credentials(canaries)
    token = mint_token(canaries, issuer="https://i", subject="s", audience="pods.eks.amazonaws.com")
    with AgentServer(AgentConfig(credentials=keys, allowed_hosts=("127.0.0.1",))) as server:
        url = f"{server.base_url}/v1/credentials"
        found = ContainerMetadataFetcher().retrieve_full_uri(url, headers={"Authorization": str(token)})
    assert found["Token"] == keys.session_token


def test_botocore_reads_the_ecs_endpoint(canaries: Canaries) -> None:
    keys = mint_credentials(canaries, role="task-role")
    with EcsServer(EcsConfig(credentials=keys)) as server:
        found = ContainerMetadataFetcher().retrieve_full_uri(f"{server.base_url}{EcsConfig.path}")
    assert found["RoleArn"] == "arn:aws:iam::111122223333:role/task-role"
