"""The way to STS: name, address, proxy."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="sts-dns-failed",
        exit_code=33,
        severity=Severity.ERROR,
        title="The name of the STS endpoint does not resolve in this pod",
        meaning=(
            "The STS endpoint's name could not be resolved from this pod, so the role is never asked for. Everything "
            "before this step, variables and token, is fine. An answer that the name does not exist and no answer at "
            "all point to different causes and are told apart."
        ),
        seen_as=(
            "dial tcp: lookup sts.",
            "no such host",
            "Temporary failure in name resolution",
            "getaddrinfo EAI_AGAIN sts.",
            "getaddrinfo ENOTFOUND sts.",
            'Could not connect to the endpoint URL: "https://sts.',
        ),
        causes=(
            (
                "CoreDNS is not ready or cannot be reached: a security group or network policy without port 53, "
                "CoreDNS pending on Fargate, broken node DNS."
            ),
            "A controller that starts before CoreDNS uses it, such as Karpenter with dnsPolicy ClusterFirst.",
            (
                "The region is misspelt or the private zone hides the name (the answer is then that the name does not "
                "exist)."
            ),
        ),
        evidence=(
            "The resolver's own answer in this pod: name not found, temporary failure, or no answer within the time "
            "limit. Certain that it fails here, likely for the reason."
        ),
        told_apart_from=look_alikes(
            {
                "sts-unreachable": "The name resolves and the address does not answer.",
                "sts-proxy-failed": (
                    "A proxy is configured for this host, so the pod would not resolve the name itself."
                ),
                "endpoint-override": "The name that fails is the one in AWS_ENDPOINT_URL_STS, not STS's own.",
            }
        ),
        becomes_certain_with=(
            "For the reason: the same look-up against another name server, and a read of the CoreDNS pods."
        ),
        fixes=(
            (
                "See whether DNS works at all: `kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide`, and "
                "whether policies on this pod allow UDP and TCP 53."
            ),
            "Pods with a SecurityGroupPolicy: allow port 53 to CoreDNS and back.",
            "Karpenter before CoreDNS: `--set dnsPolicy=Default`.",
            "Name not found: check AWS_REGION, and the private hosted zone of the STS VPC endpoint.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#1519",
            "aws-controllers-k8s/community#2736",
            "aws/amazon-vpc-cni-k8s#1695",
            "Karpenter documentation: Troubleshooting",
        ),
    ),
    Entry(
        code="sts-unreachable",
        exit_code=33,
        severity=Severity.ERROR,
        title="The STS endpoint cannot be reached from this pod",
        meaning=(
            "The name resolves, and the TCP connection to the STS endpoint fails: nothing answers, or it is refused. "
            "SDKs wait long before they say so: by their own constants Go about 90 to 120 seconds, botocore five "
            "minutes. A public address points to missing egress, a private one to a VPC endpoint that does not let "
            "this pod in."
        ),
        seen_as=(
            ":443: i/o timeout",
            'Connect timeout on endpoint URL: "https://sts.',
            "WebIdentityErr: failed to retrieve credentials",
        ),
        causes=(
            "Private subnets have neither NAT nor a VPC endpoint for STS.",
            "The VPC endpoint's security group, a network ACL or a route does not allow 443 from this pod.",
            (
                "The pod has its own security group (SecurityGroupPolicy) without 443 egress, or a branch interface in "
                "a public subnet."
            ),
            "A service mesh redirects traffic before its proxy is ready; the first seconds are refused.",
            "Egress needs a proxy, and none is set in this container.",
        ),
        evidence=(
            "Connect timeout, refusal, or no route on every address that the name gave; the addresses are shown as "
            "private or public. Certain that it is unreachable from here, likely for the reason."
        ),
        told_apart_from=look_alikes(
            {
                "endpoint-unreachable": "STS is reached; another service that the controller calls is not.",
                "sts-dns-failed": "The name does not resolve.",
                "sts-global-endpoint-unreachable": (
                    "The regional endpoint answers and only `sts.amazonaws.com` does not."
                ),
                "sts-proxy-failed": "The connection goes to a proxy, and the proxy is what fails.",
                "sts-no-answer": "TCP and TLS succeed and the answer is missing.",
                "endpoint-override": "The host is the one in AWS_ENDPOINT_URL_STS.",
            }
        ),
        becomes_certain_with=(
            "For the reason: ec2:DescribeVpcEndpoints, and the pod's annotation `vpc.amazonaws.com/pod-eni`."
        ),
        fixes=(
            (
                "Without NAT, make the endpoint: `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id "
                "VPC_ID --service-name com.amazonaws.REGION.sts --subnet-ids SUBNET_ID --security-group-ids "
                "SECURITY_GROUP_ID --private-dns-enabled`."
            ),
            "With a private address, let 443 from the pods' and nodes' ranges into the endpoint's security group.",
            "Pods with a SecurityGroupPolicy: allow 443 and 53 out, and use private subnets with NAT or endpoints.",
            "Service mesh: hold the application until the proxy has started.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#1855",
            "aws/amazon-vpc-cni-k8s#1278",
            "kubernetes-sigs/external-dns#2230",
            "aws/amazon-vpc-cni-k8s#2912",
            "istio/istio#23802",
        ),
    ),
    Entry(
        code="sts-global-endpoint-unreachable",
        exit_code=33,
        severity=Severity.ERROR,
        title="Only the global STS endpoint is out of reach, and an SDK uses it",
        meaning=(
            "The regional STS endpoint answers and `sts.amazonaws.com` does not. Some SDKs still go to the global "
            "name: Go v1 by default for the older regions, botocore before 1.40.0, Java v2 without a region. A VPC "
            "endpoint serves the regional name only, so these programs time out in an isolated VPC while others work."
        ),
        seen_as=(
            'Post "https://sts.amazonaws.com/": dial tcp',
            'Connect timeout on endpoint URL: "https://sts.amazonaws.com/"',
        ),
        causes=(
            "An old SDK in a private VPC with an STS endpoint, without AWS_STS_REGIONAL_ENDPOINTS=regional.",
            "AWS_STS_REGIONAL_ENDPOINTS=legacy, by hand or by an annotation.",
            "No region is set, so the SDK cannot build the regional name.",
        ),
        evidence=(
            "From this pod the regional endpoint connects and the global one does not, and the environment or the SDK "
            "named to the probe would use the global one. Certain for that SDK; when the SDK is not known, likely."
        ),
        told_apart_from=look_alikes(
            {
                "sts-unreachable": "The regional endpoint does not answer either.",
                "region-missing": "Explains why an SDK takes the global endpoint; both can stand.",
            }
        ),
        becomes_certain_with="The SDK and its version: `--sdk NAME@VERSION`.",
        fixes=(
            "Set AWS_STS_REGIONAL_ENDPOINTS=regional together with AWS_REGION in the container.",
            (
                "With IRSA: `kubectl -n NAMESPACE annotate serviceaccount SERVICEACCOUNT "
                "eks.amazonaws.com/sts-regional-endpoints=true --overwrite`, then roll the pods."
            ),
            "Or upgrade the SDK: current ones are regional by default.",
        ),
        references=(
            "boto/boto3#4301",
            "aws/aws-msk-iam-auth#37",
            "aws/amazon-cloudwatch-agent#317",
            "aws/aws-sdk-go:service/sts/customizations.go",
            "AWS SDKs and Tools Reference Guide: AWS STS Regional endpoints",
        ),
    ),
    Entry(
        code="sts-proxy-failed",
        exit_code=33,
        severity=Severity.ERROR,
        title="The proxy that is set for STS does not let the call through",
        meaning=(
            "HTTPS_PROXY applies to STS in this container and the proxy is the part that fails: it cannot be reached, "
            "refuses the tunnel, or asks for credentials. Whether a direct connection would work is tested and told."
        ),
        seen_as=("Failed to connect to proxy URL:", "proxyconnect tcp:", "Proxy Authentication Required"),
        causes=(
            "The proxy is reachable from nodes and not from pods, or only from some subnets.",
            "The proxy allows no tunnel to the STS host.",
            "NO_PROXY misses the STS host although the VPC has an endpoint for it.",
        ),
        evidence=(
            "The proxy variables were evaluated for the STS host, the connection to the proxy or its CONNECT failed, "
            "and a direct connection was tried beside it. Certain. Not every SDK obeys the variables: JS v3 does not "
            "unless told to."
        ),
        told_apart_from=look_alikes(
            {
                "sts-unreachable": "No proxy applies, and the endpoint itself does not answer.",
                "sts-dns-failed": "No proxy applies, and the name does not resolve.",
                "sts-tls-intercepted": "The tunnel works and the certificate inside is foreign.",
                "sts-impostor": "Something answered the request itself, and it was not STS.",
            }
        ),
        fixes=(
            (
                "If direct works, keep STS away from the proxy: add `sts.REGION.amazonaws.com` to NO_PROXY. Write host "
                "names and bare addresses; botocore understands no CIDR there."
            ),
            (
                "If only the proxy works, allow CONNECT to `sts.REGION.amazonaws.com:443` on it, and let the pods' "
                "range in."
            ),
        ),
        references=(
            "awsdocs/amazon-eks-user-guide#872",
            "kubernetes-sigs/aws-load-balancer-controller#1779",
            "boto/botocore:botocore/exceptions.py",
        ),
    ),
)
