"""What a controller finds out by itself before it works: metadata, its VPC, subnets for load balancers."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="metadata-needed-unreachable",
        exit_code=94,
        severity=Severity.ERROR,
        title="The controller needs IMDS for something else than credentials",
        meaning=(
            "The controller takes its region, the VPC's id or data of the instance from IMDS, and IMDS gives nothing "
            "to this pod. No flag or variable gives them in its place. It ends at its start with a text about "
            "metadata, which is easily taken for one about credentials; those are judged apart from this."
        ),
        seen_as=(
            "failed to get VPC ID: failed to fetch VPC ID from instance metadata",
            "failed to introspect vpcID from EC2Metadata",
            "failed to introspect region from EC2Metadata, specify --aws-region instead",
            "Could not determine region from any metadata service",
            "could not get metadata from AWS",
            "ipamd: can not initialize with AWS SDK interface",
        ),
        causes=(
            "Karpenter's v1 node class, EKS Auto Mode, AL2023 managed nodes: hop limit 1, which pods never pass.",
            "A network policy or a rule on the node keeps pods away from IMDS.",
            "Fargate and hybrid nodes have no IMDS.",
            "An upgrade took the pod off the host network, where the hop limit had not mattered.",
            "IMDS is switched off on the instance; VPC CNI does not work without it.",
        ),
        evidence=(
            "Every place of the controller's own order: its flags, its variables, and IMDS, of which a step failed "
            "in this walk. Certain when flags were told (`--controller-argument`); without, a warning, because one "
            "flag would make it untrue; likely, too, while IMDS is busy. For controllers on the host network only if "
            "the probe is there as well, or IMDS says that it is switched off."
        ),
        told_apart_from=look_alikes(
            {
                "endpoint-unreachable": "An API of AWS is out of reach, not IMDS.",
                "imds-hop-limit": "The same silence, where the pod's credentials were to come from IMDS.",
                "vpc-id-unavailable": "IMDS is not what failed: tags fit no VPC, or a flag names an unknown one.",
                "region-missing": "About the SDK's region alone; flags of the controller are not looked at.",
            }
        ),
        becomes_certain_with="The controller's flags: --controller-argument, or `probe manifest`, which copies them.",
        fixes=(
            (
                "AWS Load Balancer Controller: `helm upgrade aws-load-balancer-controller "
                "eks/aws-load-balancer-controller -n kube-system --version CHART_VERSION --reuse-values "
                "--set region=REGION --set vpcId=VPC_ID`; without the version it is upgraded as well."
            ),
            "Give the pod an identity of its own (IRSA or Pod Identity), so that it needs nothing from IMDS.",
            (
                "Only then the hop limit: `aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID "
                "--http-put-response-hop-limit 2`. It hands every pod of the node the node role."
            ),
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller:pkg/aws/cloud.go",
            "kubernetes-sigs/aws-load-balancer-controller#3937",
            "kubernetes-sigs/aws-load-balancer-controller#3695",
            "kubernetes-sigs/aws-load-balancer-controller#2824",
            "kubernetes-sigs/aws-efs-csi-driver#1111",
            "aws/amazon-vpc-cni-k8s:pkg/awsutils/awsutils.go",
        ),
    ),
    Entry(
        code="vpc-id-unavailable",
        exit_code=91,
        severity=Severity.ERROR,
        title="The controller does not find out which VPC it is in",
        meaning=(
            "The place that was to tell the VPC's id tells none, or one that EC2 does not know: the tags given with "
            "`--aws-vpc-tags` fit no VPC or several, the call for them is refused, or `--aws-vpc-id` is of another "
            "region or account. With tags given the controller does not go on to IMDS. It ends at its start."
        ),
        seen_as=(
            "failed to fetch VPC ID with tags",
            "no VPC exists with tags",
            "multiple VPCs exist with tags",
            "InvalidVpcID.NotFound",
        ),
        causes=(
            "A tag is misspelt, or two VPCs carry the same one.",
            "Up to release 3.1 only the tag of `--aws-vpc-tag-key` (default Name) counts, whatever else is given.",
            "The id was copied from another environment.",
            "The role does not allow ec2:DescribeVpcs.",
        ),
        evidence=(
            "The controller's places in their order, with the calls that each takes. Certain when they were made with "
            "the keys of the source that the controller uses."
        ),
        told_apart_from=look_alikes(
            {
                "metadata-needed-unreachable": "Nothing was given, and IMDS, which was to tell, is out of reach.",
                "permission-denied": "The VPC is known; something else is refused.",
                "subnets-not-discoverable": "The VPC is known, and none of its subnets can be used.",
            }
        ),
        becomes_certain_with="The same call with the keys that the controller uses.",
        fixes=(
            (
                "Give the id itself: `aws eks describe-cluster --name CLUSTER --query "
                "cluster.resourcesVpcConfig.vpcId --output text`, then the chart's value `vpcId`."
            ),
            "Or tags that exactly one VPC has: `aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,Tags]'`.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller:pkg/aws/cloud.go",
            "kubernetes-sigs/aws-load-balancer-controller#3656",
        ),
    ),
    Entry(
        code="subnets-not-discoverable",
        exit_code=91,
        severity=Severity.ERROR,
        title="Discovery finds no subnets for load balancers",
        meaning=(
            "The credentials work, and by the rules of AWS Load Balancer Controller no subnet of the VPC can be used "
            "for a load balancer whose Ingress or Service names none. Candidates are subnets with the role tag of the "
            "scheme (since 2.12.1, if none has it, those whose route table fits); of these it leaves out what is "
            "tagged for other clusters only and what has fewer than 8 free addresses, and takes one in each zone. An "
            "ALB needs two zones, an NLB one. Where only one scheme or kind finds too few, this is a note or a "
            "warning: it may not be wanted."
        ),
        seen_as=(
            "couldn't auto-discover subnets",
            "unable to resolve at least one subnet",
            "cannot find at least two subnets",
            "subnets count less than minimal required count",
            "unable to discover at least one subnet",
        ),
        causes=(
            "The role tags kubernetes.io/role/elb and kubernetes.io/role/internal-elb are missing.",
            "The subnets carry the tag of another cluster, or the controller was told another cluster's name.",
            "Fewer than 8 addresses are free, or all subnets are in one zone.",
            "The VPC's id is that of another VPC.",
        ),
        evidence=(
            "ec2:DescribeSubnets of the whole VPC (and route tables, where the release looks at them), judged by the "
            "release's rules. Certain with the controller's version, its flags and its own keys. A zone that is not "
            "an ordinary availability zone by its name is never decided."
        ),
        told_apart_from=look_alikes(
            {
                "permission-denied": "The controller may not describe subnets at all.",
                "vpc-id-unavailable": "The VPC itself is not known.",
            }
        ),
        becomes_certain_with="The controller's version and flags, above all --cluster-name.",
        fixes=(
            "`aws ec2 create-tags --resources SUBNET_IDS --tags Key=kubernetes.io/role/elb,Value=1` (public subnets).",
            "`aws ec2 create-tags --resources SUBNET_IDS --tags Key=kubernetes.io/role/internal-elb,Value=1`.",
            "`aws ec2 create-tags --resources SUBNET_IDS --tags Key=kubernetes.io/cluster/CLUSTER,Value=shared`.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller:pkg/networking/subnet_resolver.go",
            "kubernetes-sigs/aws-load-balancer-controller:docs/deploy/subnet_discovery.md",
            "kubernetes-sigs/aws-load-balancer-controller#3212",
            "kubernetes-sigs/aws-load-balancer-controller#2812",
        ),
    ),
)
