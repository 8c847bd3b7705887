"""What controllers say in their own words when credentials, region, VPC id or endpoints fail them.

Texts: kubernetes-sigs/aws-load-balancer-controller:pkg/aws/cloud.go and #2231, #3695, #3937, #1561;
aws/karpenter-provider-aws, kubernetes/autoscaler, external-secrets/external-secrets#2951,
aws-controllers-k8s/runtime. The SDK's own texts behind theirs are in the SDK's file.
"""

from probe.loglines.signature import Signature, up_to_first
from probe.loglines.texts import advice

_VPC_ID = "Set the VPC id (`--aws-vpc-id`) or, from 2.9.0, `--aws-vpc-tags`; then IMDS is not needed for it."
_HOPS_OR_FLAGS = ("vpc-id-unavailable", "imds-hop-limit", "imds-blocked", "metadata-needed-unreachable")
_LBC_VPC = (
    "The load balancer controller asked IMDS for its VPC id because no flag gives it, and got none. "
    "Its AWS credentials may be fine; this is not about them."
)
_SUBNETS = (
    "Tag subnets with kubernetes.io/role/elb or kubernetes.io/role/internal-elb; check the cluster name and the free "
    "addresses."
)
_BUCKET = r"(?:[a-z0-9][a-z0-9-]{2,62}\.(?=s3\.))?"
_APIS = (
    "acm|api[.]ecr|api[.]pricing|autoscaling|cognito-idp|dynamodb|ec2|eks|elasticfilesystem|elasticloadbalancing|firehose"
    "|globalaccelerator|iam|kinesis|kms|logs|monitoring|route53|s3|secretsmanager|servicediscovery|sqs|ssm|tagging"
)
"""APIs only: load balancers, databases, registries and the Kubernetes API server are under the same domain."""

SIGNATURES = (
    # AWS Load Balancer Controller
    Signature(
        text="failed to introspect vpcID from EC2Metadata",
        pattern=up_to_first("status code: ", after="failed to introspect vpcID from EC2Metadata", then="401"),
        step="imds.metadata",
        codes=("vpc-id-unavailable", "imds-hop-limit", "metadata-needed-unreachable"),
        meaning=_LBC_VPC + " 401 is the hop limit nearly always.",
        next=_VPC_ID,
    ),
    Signature(
        text="failed to fetch VPC ID from instance metadata: … ec2imds: … context deadline exceeded",
        step="imds.metadata",
        codes=_HOPS_OR_FLAGS,
        meaning=_LBC_VPC + " The text cannot tell a low hop limit from a blocked path.",
        next=_VPC_ID,
    ),
    Signature(
        text="failed to fetch VPC ID from instance metadata …",
        step="imds.metadata",
        codes=_HOPS_OR_FLAGS,
        meaning=_LBC_VPC,
        next=_VPC_ID,
    ),
    Signature(
        text="failed to introspect vpcID from EC2Metadata …",
        step="imds.metadata",
        codes=_HOPS_OR_FLAGS,
        meaning=_LBC_VPC,
        next=_VPC_ID,
    ),
    Signature(
        text="failed to introspect region from EC2Metadata …",
        step="imds.metadata",
        codes=("region-missing", "imds-hop-limit", "imds-blocked", "metadata-needed-unreachable"),
        meaning="The load balancer controller found no region in flags or environment, and IMDS did not give it. On "
        "Fargate there is no IMDS.",
        next="Set `--aws-region`, or AWS_REGION and AWS_DEFAULT_REGION.",
    ),
    Signature(
        text="failed to fetch VPC ID with tags: …",
        step="needs.vpc-id",
        codes=("vpc-id-unavailable", "permission-denied"),
        frame=True,
        meaning="The controller looks its VPC up by tags and got nothing that it can use; it does not go on to IMDS "
        "then.",
        next="aws ec2 describe-vpcs with the same tags and region; or set `--aws-vpc-id`.",
    ),
    Signature(
        text="no VPC exists with tags …",
        step="needs.vpc-id",
        codes=("vpc-id-unavailable",),
        meaning="No VPC of this region and account has the tags that the controller was given.",
        next="aws ec2 describe-vpcs with the same tags and region; or set `--aws-vpc-id`.",
    ),
    Signature(
        text="multiple VPCs exist with tags …",
        step="needs.vpc-id",
        codes=("vpc-id-unavailable",),
        meaning="More than one VPC has the tags that the controller was given.",
        next="Use tags that only one VPC has, or set `--aws-vpc-id`.",
    ),
    Signature(
        text="couldn't auto-discover subnets: unable to resolve at least one subnet",
        step="needs.subnets",
        codes=("subnets-not-discoverable",),
        meaning="Credentials work; no subnet fits the controller's rules for tags, zones and free addresses.",
        next=_SUBNETS,
    ),
    Signature(
        text="cannot find at least two subnets",
        beside=("auto-discover subnets", "elbv2", "Reconciler error", "ingress"),
        step="needs.subnets",
        codes=("subnets-not-discoverable",),
        meaning="Credentials work; fewer than two zones have a subnet that fits the controller's rules.",
        next=_SUBNETS,
    ),
    Signature(
        text="couldn't auto-discover subnets: …",
        step="needs.subnets",
        codes=("subnets-not-discoverable", "permission-denied", "nothing-configured"),
        frame=True,
        meaning="The controller could not find out its subnets; the error behind it says why.",
        next=_SUBNETS,
    ),
    Signature(
        text="failed to get VPC ID: …",
        step="imds.metadata",
        codes=("vpc-id-unavailable", "metadata-needed-unreachable", "imds-hop-limit"),
        frame=True,
        meaning="The load balancer controller got no VPC id; the error behind it says why.",
        next=_VPC_ID,
    ),
    Signature(
        text="unable to initialize AWS cloud",
        step="none",
        codes=("vpc-id-unavailable", "region-missing", "nothing-configured"),
        frame=True,
        meaning="The load balancer controller stops at its start; the error beside it says why.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="https://",
        pattern=r"https://(?:shield|wafv2|waf-regional)\.[a-z0-9-]{2,30}\.amazonaws\.com[^\s\"]{0,80}\"?: "
        r"(?:dial tcp|net/http: |context deadline)",
        step="needs.endpoints",
        codes=("endpoint-unreachable",),
        meaning="The controller calls WAF or Shield by default, and this VPC has no way to them. Each reconcile "
        "waits for the timeout.",
        next="Helm: --set enableShield=false --set enableWaf=false --set enableWafv2=false.",
    ),
    # Any controller in a VPC without egress
    Signature(
        text="https://",
        pattern=rf"https://{_BUCKET}(?:{_APIS})\.(?:[a-z0-9-]{{2,30}}\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)"
        r"[/:\"][^\s\"]{0,200}\"?: dial tcp \S{1,60} (?:i/o timeout|connect: )",
        step="needs.endpoints",
        codes=("endpoint-unreachable",),
        meaning="The connection to an AWS API that the program needs did not come about; credentials are not the "
        "problem.",
        next="Create the VPC endpoint of that service, or open the way to it; then run the probe with --controller.",
    ),
    # Karpenter, cluster-autoscaler
    Signature(
        text="ec2 api connectivity check failed",
        step="needs.endpoints",
        codes=("endpoint-unreachable", "permission-denied", "nothing-configured"),
        frame=True,
        meaning="Karpenter's first EC2 call failed; the error beside it says whether credentials, permission or "
        "network are missing.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Failed to create AWS Manager: …",
        step="none",
        codes=("nothing-configured", "permission-denied", "region-missing"),
        frame=True,
        meaning="cluster-autoscaler stops at its start; the error beside it says why.",
        next=advice.RUN_THE_PROBE,
    ),
    # ACK, External Secrets
    Signature(
        text="AWS region is missing",
        step="needs.region",
        codes=("region-missing", "region-split"),
        meaning="The ACK controller takes its region from a flag or AWS_REGION only; it has neither.",
        next="Set `--aws-region` or AWS_REGION.",
    ),
    Signature(
        text="expected env variable: AWS_WEB_IDENTITY_TOKEN_FILE not found on controller's pod",
        step="web-identity.variables",
        codes=("controller-feature-unsupported", "identity-not-injected"),
        meaning="This feature takes web identity only. With Pod Identity the variable is never there.",
        next="Use a role annotation on the ServiceAccount for this feature.",
    ),
    # The webhook that injects, as the API server's log shows it
    Signature(
        text="failed calling webhook",
        beside=("iam-for-pods.amazonaws.com", "pod-identity-webhook"),
        step="web-identity.variables",
        codes=("identity-not-injected", "container-not-injected"),
        meaning="The API server cannot call the pod identity webhook, so pods start without their identity and take "
        "the node role.",
        next="Compare the caBundle of MutatingWebhookConfiguration pod-identity-webhook with the cluster's CA; then "
        "restart the pods.",
    ),
)
