"""What the EKS Pod Identity agent writes into its own log, and what others on the node write about it.

Texts: aws/eks-pod-identity-agent:internal/cloud/eksauth, aws/eks-pod-identity-agent#50, #88, #47, #16, #10;
cilium/cilium#34387; aws/amazon-ecs-agent:ecs-agent/tmds/handlers.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "agent"
STEP = "container.credentials"
_FROM_THE_NODE = (
    "Check from the node, not from the pod: DNS, egress or VPC endpoint for eks-auth, and TLS inspection on the way."
)

SIGNATURES = (
    # The agent cannot reach EKS Auth
    Signature(
        text="unable to fetch credentials from EKS Auth: … no EC2 IMDS role found",
        sdk=SDK,
        step=STEP,
        codes=("agent-unavailable", "agent-node-role-denied"),
        meaning="The agent itself has no credentials of its node, so it cannot ask EKS Auth for anybody.",
        next="Check the node's instance profile and IMDS from the node.",
    ),
    Signature(
        text="lookup eks-auth. …",
        sdk=SDK,
        step=STEP,
        codes=("agent-upstream-unreachable",),
        meaning="The agent cannot resolve the name of EKS Auth, so no pod on this node gets credentials.",
        next=_FROM_THE_NODE,
    ),
    Signature(
        text="https://eks-auth.",
        pattern=r"https://eks-auth\.[^\s\"]{3,120}\"?: (?:dial tcp|tls: |x509: |net/http: TLS|proxyconnect)",
        sdk=SDK,
        step=STEP,
        codes=("agent-upstream-unreachable",),
        meaning="The agent cannot connect to EKS Auth, so no pod on this node gets credentials.",
        next=_FROM_THE_NODE,
    ),
    Signature(
        text="operation error EKS Auth: AssumeRoleForPodIdentity, … StatusCode: 0, …",
        sdk=SDK,
        step=STEP,
        codes=("agent-upstream-unreachable", "agent-slow"),
        meaning="EKS Auth never answered the agent: the node cannot reach it in time, or the program gave up first.",
        next=_FROM_THE_NODE,
    ),
    Signature(
        text="unable to fetch credentials from EKS Auth: …",
        sdk=SDK,
        step=STEP,
        codes=("agent-upstream-unreachable", "agent-role-trust", "agent-no-association"),
        frame=True,
        meaning="The agent got no credentials from EKS Auth.",
        next=advice.RUN_THE_PROBE,
    ),
    # The agent cannot start
    Signature(
        text="[fd00:ec2::23]:80: bind: cannot assign requested address",
        sdk=SDK,
        step="container.connect",
        codes=("agent-refused", "agent-unreachable"),
        meaning="The agent cannot bind its IPv6 address because the node has IPv6 switched off, and exits.",
        next='Upgrade the add-on, or set agent.additionalArgs to {"-b":"169.254.170.23"}.',
    ),
    Signature(
        text="169.254.170.23:80: bind: address already in use",
        sdk=SDK,
        step="container.connect",
        codes=("agent-refused", "agent-impostor"),
        meaning="Another program holds the agent's port 80 on the node; on EKS Auto Mode it is the built-in agent.",
        next="Do not install the add-on on Auto Mode nodes; move other hostNetwork or hostPort services off port 80.",
    ),
    Signature(
        text="169.254.170.23:80 (host) policy-verdict … DENIED",
        sdk=SDK,
        step="container.connect",
        codes=("agent-unreachable",),
        meaning="Cilium drops the way to the agent: its address is the entity `host`, which no ipBlock matches.",
        next="Allow port 80 to toEntities: [host] in a CiliumNetworkPolicy.",
    ),
    # The ECS endpoint
    Signature(
        text="CredentialsV2Request: …",
        sdk=SDK,
        step=STEP,
        codes=("container-rejected", "container-uri-invalid"),
        meaning="The ECS credentials endpoint does not know the id in AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.",
        next="Find out who sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; EKS Pod Identity uses the full URI.",
    ),
)
