"""What a controller needs of AWS beyond credentials: endpoints that it reaches."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="endpoint-unreachable",
        exit_code=93,
        severity=Severity.ERROR,
        title="An AWS endpoint that the controller calls cannot be reached",
        meaning=(
            "The credentials are not the problem: the controller calls this endpoint, and from this pod there is no "
            "open way to it. The step says how far one gets: the name, the connection or the certificate. Where the "
            "controller can do without the service, the flag for that is named."
        ),
        seen_as=(
            'Post "https://elasticloadbalancing.eu-central-1.amazonaws.com/": dial tcp 10.0.3.17:443: i/o timeout',
            'Post "https://shield.us-east-1.amazonaws.com/": dial tcp 52.94.0.1:443: i/o timeout',
            'Post "https://wafv2.eu-central-1.amazonaws.com/": dial tcp 10.0.3.17:443: i/o timeout',
            "The load balancer exists and the Ingress gets no address for minutes.",
        ),
        causes=(
            "A VPC without a way to the internet and without an interface endpoint for this service.",
            (
                "WAF Classic and Shield have no interface endpoint that such a VPC could use, and the AWS Load "
                "Balancer Controller calls them by default."
            ),
            "The interface endpoint is there, and its security group does not let the nodes or pods in on port 443.",
            "A NetworkPolicy, a firewall or a proxy lets some AWS names through and not this one.",
        ),
        evidence=(
            "The profile of the controller that was named says which endpoints its release calls; each was looked up, "
            "connected to and shaken hands with. Certain when a way that had its time did not open. What lies behind "
            "a timeout, the address hints at: a private one is as of an interface endpoint, a public one says there is "
            "none. What only some uses of the controller call is a warning."
        ),
        told_apart_from=look_alikes(
            {
                "sts-unreachable": "It is STS that is out of reach, which credentials need: it is told once, first.",
                "permission-denied": "The endpoint answers, and refuses the call.",
                "permission-denied-endpoint-policy": "A VPC endpoint answers, and its policy refuses the call.",
                "metadata-needed-unreachable": "It is IMDS that is out of reach, not an API.",
            }
        ),
        fixes=(
            (
                "Turn off what is not used: for the AWS Load Balancer Controller `--enable-shield=false`, "
                "`--enable-waf=false`, `--enable-wafv2=false` (Helm: enableShield, enableWaf, enableWafv2)."
            ),
            (
                "Make an interface endpoint with private DNS for each service that is used, or give the subnets a NAT "
                "gateway."
            ),
            "Let port 443 from the pods into the endpoint's security group.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#2797",
            "kubernetes-sigs/aws-load-balancer-controller#1734",
            "kubernetes-sigs/aws-load-balancer-controller#2642",
            "aws/eks-charts#786",
            "EKS User Guide: Deploy private clusters with limited internet access",
        ),
    ),
)
