"""AWS Load Balancer Controller."""

from probe.controllers.profile import (
    Endpoint,
    Metadata,
    MetadataNeed,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Workload,
    Write,
)

_SHIELD = "--enable-shield=false"
_WAF = "--enable-waf=false"
_WAFV2 = "--enable-wafv2=false"

AWS_LOAD_BALANCER_CONTROLLER = Profile(
    name="aws-load-balancer-controller",
    title="AWS Load Balancer Controller",
    repository="kubernetes-sigs/aws-load-balancer-controller",
    aliases=("lbc", "aws-lb-controller", "alb-controller", "aws-alb-ingress-controller"),
    images=("aws-load-balancer-controller", "amazon/aws-alb-ingress-controller"),
    workloads=(
        Workload(
            namespaces=("kube-system",),
            service_accounts=("aws-load-balancer-controller",),
            labels=("app.kubernetes.io/name=aws-load-balancer-controller",),
        ),
    ),
    sdks=(
        SdkSince(release="2.0", sdk="go-v1"),
        SdkSince(release="2.4.0", sdk="go-v1", sdk_version="1.42.27"),
        SdkSince(release="2.4.6", sdk="go-v1", sdk_version="1.44.137"),
        SdkSince(release="2.5", sdk="go-v1", sdk_version="1.44.184"),
        SdkSince(release="2.6", sdk="go-v1", sdk_version="1.44.294"),
        SdkSince(release="2.7", sdk="go-v1", sdk_version="1.50.8"),
        SdkSince(release="2.9", sdk="go-v2", sdk_version="1.27.27"),
        SdkSince(release="3.4.3", sdk="go-v2", sdk_version="1.32.23"),
    ),
    pod_identity_since=("2.7.0",),
    region_order=(
        Place(kind=PlaceKind.FLAG, name="--aws-region"),
        Place(
            kind=PlaceKind.VARIABLE,
            name="AWS_DEFAULT_REGION",
            since="2.3.0",
            note="before AWS_REGION, which is the reverse of the SDK's own order",
        ),
        Place(kind=PlaceKind.VARIABLE, name="AWS_REGION", since="2.3.0"),
        Place(kind=PlaceKind.IMDS, name="dynamic/instance-identity/document"),
    ),
    vpc_order=(
        Place(kind=PlaceKind.FLAG, name="--aws-vpc-id"),
        Place(
            kind=PlaceKind.TAGS,
            name="--aws-vpc-tags",
            since="2.9.0",
            until="3.2.0",
            final=True,
            note="one tag, whose key --aws-vpc-tag-key tells (default Name); exactly one VPC must match",
        ),
        Place(
            kind=PlaceKind.TAGS,
            name="--aws-vpc-tags",
            since="3.2.0",
            final=True,
            note="all tags together; exactly one VPC must match",
        ),
        Place(
            kind=PlaceKind.IMDS,
            name="meta-data/network/interfaces/macs/MAC/vpc-id",
            note="with the MAC of meta-data/mac",
        ),
        Place(
            kind=PlaceKind.INSTANCE,
            name="NODENAME",
            since="2.4.5",
            note="only where the variable begins with i-; the Helm chart does not set it",
        ),
    ),
    metadata=(
        MetadataNeed(
            what=Metadata.REGION,
            replaced_by=("--aws-region", "AWS_DEFAULT_REGION", "AWS_REGION"),
            why="its region",
            since="2.3.0",
        ),
        MetadataNeed(what=Metadata.REGION, replaced_by=("--aws-region",), why="its region", until="2.3.0"),
        MetadataNeed(
            what=Metadata.VPC_ID, replaced_by=("--aws-vpc-id", "--aws-vpc-tags"), why="the VPC's id", since="2.9.0"
        ),
        MetadataNeed(what=Metadata.VPC_ID, replaced_by=("--aws-vpc-id",), why="the VPC's id", until="2.9.0"),
    ),
    other_needs=(
        "the cluster's name: --cluster-name",
        "subnets that its discovery finds: role tags, zones, 8 free addresses",
    ),
    endpoints=(
        Endpoint(service="sts", why="IRSA, and assumed roles", essential=False),
        Endpoint(service="ec2", why="subnets, security groups, instances"),
        Endpoint(service="elasticloadbalancing", why="load balancers and target groups"),
        Endpoint(service="acm", why="finds certificates by host name", essential=False),
        Endpoint(service="wafv2", optional_flag=_WAFV2, why="web ACLs (WAFv2)"),
        Endpoint(service="waf-regional", optional_flag=_WAF, why="web ACLs (WAF Classic)"),
        Endpoint(service="shield", region="us-east-1", optional_flag=_SHIELD, why="Shield Advanced protection"),
        Endpoint(
            service="tagging",
            only_with="--feature-gates=EnableRGTAPI=true",
            why="finds load balancers by tags through the Resource Groups Tagging API",
        ),
    ),
    reads=(
        Read(
            service="ec2",
            operation="DescribeAvailabilityZones",
            action="ec2:DescribeAvailabilityZones",
            why="zones of the subnets",
        ),
        Read(
            service="ec2",
            operation="DescribeSubnets",
            parameters={"MaxResults": 5},
            action="ec2:DescribeSubnets",
            why="subnet discovery",
        ),
        Read(
            service="elbv2",
            operation="DescribeLoadBalancers",
            parameters={"PageSize": 1},
            action="elasticloadbalancing:DescribeLoadBalancers",
            why="its load balancers",
        ),
        Read(
            service="ec2",
            operation="DescribeVpcs",
            parameters={"MaxResults": 5},
            action="ec2:DescribeVpcs",
            only_with="--aws-vpc-tags",
            since="2.9.0",
            why="finds the VPC by its tags",
        ),
        Read(
            service="ec2",
            operation="DescribeSecurityGroups",
            parameters={"MaxResults": 5},
            action="ec2:DescribeSecurityGroups",
            why="security groups of load balancers and nodes",
        ),
        Read(
            service="ec2",
            operation="DescribeInstances",
            parameters={"MaxResults": 5},
            action="ec2:DescribeInstances",
            why="nodes as targets",
        ),
        Read(
            service="ec2",
            operation="DescribeRouteTables",
            parameters={"MaxResults": 5},
            action="ec2:DescribeRouteTables",
            essential=False,
            since="2.12.1",
            why="subnet discovery by reachability, where no subnet has a role tag",
        ),
        Read(
            service="elbv2",
            operation="DescribeTargetGroups",
            parameters={"PageSize": 1},
            action="elasticloadbalancing:DescribeTargetGroups",
            why="its target groups",
        ),
        Read(
            service="elbv2",
            operation="DescribeTrustStores",
            parameters={"PageSize": 1},
            action="elasticloadbalancing:DescribeTrustStores",
            essential=False,
            since="2.7.0",
            why="mutual TLS",
        ),
        Read(
            service="acm",
            operation="ListCertificates",
            parameters={"MaxItems": 1},
            action="acm:ListCertificates",
            essential=False,
            why="certificates by host name",
        ),
        Read(
            service="shield",
            operation="GetSubscriptionState",
            action="shield:GetSubscriptionState",
            region="us-east-1",
            optional_flag=_SHIELD,
            why="asked before every ALB while Shield is switched on",
        ),
    ),
    writes=(
        Write(action="elasticloadbalancing:CreateLoadBalancer"),
        Write(action="elasticloadbalancing:CreateTargetGroup"),
        Write(action="elasticloadbalancing:CreateListener"),
        Write(action="elasticloadbalancing:AddTags", why="needed on create since 2023"),
        Write(action="elasticloadbalancing:RegisterTargets"),
        Write(action="elasticloadbalancing:ModifyLoadBalancerAttributes"),
        Write(action="ec2:CreateSecurityGroup"),
        Write(action="ec2:AuthorizeSecurityGroupIngress"),
        Write(action="ec2:CreateTags"),
        Write(action="elasticloadbalancing:DescribeListenerAttributes", since="2.9.0"),
        Write(action="elasticloadbalancing:ModifyListenerAttributes", since="2.9.0"),
    ),
    flags=("--cluster-name", "--aws-vpc-tag-key", "--feature-gates", "--aws-api-endpoints"),
    fails_as="It ends at once with `unable to initialize AWS cloud`. Missing credentials show at its first call.",
    notes=(
        (
            "The reference policy grew between 2.4.7 and 3.5.0: also DescribeIpamPools, GetSecurityGroupsForVpc, "
            "DescribeCapacityReservation, ModifyCapacityReservation, ModifyIpPools and SetRulePriorities. With which "
            "release each came was not looked up."
        ),
        (
            "Other endpoints by feature: cognito-idp (authentication), globalaccelerator.us-west-2 (3.x). 3.5 links a "
            "Route 53 client; whether it is used was not verified."
        ),
        "In the Helm chart the flags are enableShield, enableWaf and enableWafv2.",
        "With region and VPC id given it needs IMDS no longer, and it still needs credentials of its own.",
    ),
    references=(
        "kubernetes-sigs/aws-load-balancer-controller:pkg/aws/cloud.go",
        "kubernetes-sigs/aws-load-balancer-controller:pkg/aws/services/ec2_metadata.go",
        "kubernetes-sigs/aws-load-balancer-controller:go.mod",
        "kubernetes-sigs/aws-load-balancer-controller:docs/install/iam_policy.json",
        "kubernetes-sigs/aws-load-balancer-controller:pkg/config/addons_config.go",
        "kubernetes-sigs/aws-load-balancer-controller#1855",
        "eksctl-io/eksctl#7987",
    ),
)
