"""Something stands between the pod and IMDS."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="imds-reset",
        exit_code=53,
        severity=Severity.ERROR,
        title="The connection to IMDS is broken off",
        meaning=(
            "The connection to 169.254.169.254 is made and then reset before an answer. IMDS does not do that in a "
            "healthy set-up; something in between accepts connections for it and drops them."
        ),
        seen_as=("->169.254.169.254:80: read: connection reset by peer",),
        causes=(
            "A transparent proxy, an IMDS proxy or a service mesh accepts the connection and cannot pass it on.",
            "A firewall resets connections that it does not want, after their first data.",
        ),
        evidence=(
            "A reset after connect, with the time at which it came. Certain that the connection was broken off, likely "
            "for the reason. A reset long after a PUT without an answer does not exclude the hop limit. The order of "
            "the causes is a judgement; one weak report exists."
        ),
        told_apart_from=look_alikes(
            {
                "imds-refused": "The connection was never made.",
                "imds-stalled": "No reset comes; the connection stays silent.",
                "imds-hop-limit": "The PUT is silent and the GET on another connection is answered.",
                "imds-proxied": "A proxy named by the environment is at fault; direct works.",
            }
        ),
        becomes_certain_with="For the reason: the same probe with hostNetwork on this node.",
        fixes=(
            (
                "Look for what intercepts: a mesh sidecar (exclude 169.254.169.254/32 from its redirection), kube2iam, "
                "kiam, or firewall rules on the node."
            ),
            "Best: do not need IMDS: IRSA or Pod Identity, and an explicit region.",
        ),
        references=("istio/istio#23802", "istio/istio#12187"),
    ),
    Entry(
        code="imds-proxied",
        exit_code=53,
        severity=Severity.ERROR,
        title="Calls to IMDS go to a proxy",
        meaning=(
            "A proxy is set in this container and NO_PROXY does not exempt 169.254.169.254, so clients that obey these "
            "variables ask the proxy. Go v1, Go v2, botocore and the AWS CLI do; JS v3, Java v2, .NET and C++ do not; "
            "Rust does only in newer releases. With botocore a dead proxy ends the whole chain."
        ),
        seen_as=("Failed to connect to proxy URL:", "proxyconnect tcp:"),
        causes=(
            "HTTP_PROXY was added to the pods without the link-local addresses in NO_PROXY.",
            "NO_PROXY has them in CIDR notation, which Go understands and botocore does not.",
        ),
        evidence=(
            "The proxy variables were evaluated for 169.254.169.254 by each SDK's rules, and the direct call was "
            "answered. Certain for the SDKs named."
        ),
        told_apart_from=look_alikes(
            {
                "imds-blocked": "The direct call gets no answer either.",
                "imds-reset": "The direct call is broken off.",
                "imds-forwarded": "The direct call shows signs of a proxy on the way.",
                "imds-impostor": "The direct call is answered by something else.",
            }
        ),
        fixes=(
            (
                "Add bare addresses to NO_PROXY: "
                "`NO_PROXY=169.254.169.254,169.254.170.23,fd00:ec2::254,fd00:ec2::23,.svc,.cluster.local`, plus "
                "service and VPC ranges."
            ),
        ),
        references=(
            "aws/amazon-vpc-cni-k8s#49",
            "awsdocs/amazon-eks-user-guide#872",
            "boto/botocore:botocore/exceptions.py",
            "EC2 User Guide: Retrieve instance metadata (proxy considerations)",
        ),
    ),
    Entry(
        code="imds-forwarded",
        exit_code=58,
        severity=Severity.ERROR,
        title="IMDS refuses the token PUT but not the GET",
        meaning=(
            "The token PUT is answered with 403 while a GET is answered normally. IMDS does that when the PUT carries "
            "an X-Forwarded-For header, which only a proxy on the way adds, or when the path is not exactly "
            "`/latest/api/token`. Most SDKs then fall back to IMDSv1; Rust does not."
        ),
        seen_as=("failed to get API token", "EC2 Metadata token request returned error"),
        causes=(
            "A transparent proxy or a mesh adds X-Forwarded-For to plain http.",
            "A proxy rewrites the path, for instance by adding a slash at its end.",
        ),
        evidence=(
            "403 to the PUT, and 401 or 200 to the GET without token, on connections of their own. Certain that the "
            "PUT alone is refused; whether a header or the path is the reason, is likely. The order of the causes is a "
            "judgement."
        ),
        told_apart_from=look_alikes(
            {
                "imds-disabled": "The GET is answered with 403 as well.",
                "imds-proxied": "The environment names the proxy, and direct works.",
                "imds-endpoint-invalid": "An override adds a path, below which IMDS knows no token.",
            }
        ),
        becomes_certain_with=(
            "For the reason: the same probe with hostNetwork on this node, which bypasses the pod's proxy."
        ),
        fixes=(
            (
                "Exclude 169.254.169.254/32 from the mesh's or proxy's redirection; for Istio "
                "`traffic.sidecar.istio.io/excludeOutboundIPRanges`."
            ),
            "Compare with the host: the same request from a pod with `hostNetwork: true` on this node.",
        ),
        references=(
            "awsdocs/amazon-ec2-user-guide:doc_source/instance-metadata-v2-how-it-works.md",
            "aws-beam/aws_credentials#47",
            "Netflix/titus-executor:metadataserver",
        ),
    ),
    Entry(
        code="imds-impostor",
        exit_code=58,
        severity=Severity.ERROR,
        title="Something that is not IMDS answers at its address",
        meaning=(
            "An HTTP answer comes from 169.254.169.254, and it is not EC2's: kube2iam, kiam, a mock, or another "
            "cloud's metadata service. Credentials that it hands out are its choice, not the node role. Many such "
            "proxies do not know the token PUT and answer 404 or 405."
        ),
        seen_as=(
            "EC2MetadataError: failed to make EC2Metadata request",
            "assumed-role/kube2iam/",
            "token response did not contain a TTL header",
        ),
        causes=(
            "kube2iam or kiam still intercepts, and this pod has no role annotation for it.",
            "A mock or emulator of IMDS is in the path, such as amazon-ec2-metadata-mock or moto.",
            "The node is not in EC2: another cloud uses the same address.",
        ),
        evidence=(
            "404, 405, a web page or no HTTP at all in answer to the PUT, or 404 to the list of all metadata, without "
            "`Server: EC2ws`. Certain that it is not the IMDS that we know. The header alone is a hint, not proof: a "
            "proxy may keep or drop it, so what only a mock says is likely: a token without its TTL header, a page "
            "under a 401, keys that are sent as JSON or are none, an example instance. A warning where what answers "
            "hands out keys that may work, since SDKs take them."
        ),
        told_apart_from=look_alikes(
            {
                "imds-refused": "The interceptor is gone and the connection is refused.",
                "imds-disabled": "403 with `Server: EC2ws`: the real IMDS, switched off.",
                "imds-proxied": "A proxy named by the environment answers; the direct call reaches IMDS.",
                "imds-response-malformed": "It is IMDS, and its credentials document is unusable.",
                "imds-no-role": "It is IMDS, and 404 is its answer to the role list, after a good token.",
                "imds-credentials-expired": "The keys have expired, and nothing else is odd about the answers.",
            }
        ),
        becomes_certain_with=(
            "A GET of /latest/api/token: EC2 answers 405 with `Server: EC2ws`; amazon-ec2-metadata-mock and moto 200."
        ),
        fixes=(
            (
                "Remove kube2iam or kiam once every workload has IRSA or Pod Identity, and its NAT rule with it. Both "
                "win over IMDS in the chain, so they can be introduced first."
            ),
            "If it is to stay, annotate the pod: `iam.amazonaws.com/role=ROLE_NAME`.",
        ),
        references=(
            "external-secrets/external-secrets#3264",
            "kubernetes-sigs/external-dns#1222",
            "aws/aws-for-fluent-bit#359",
            "jtblin/kube2iam#17",
            "uswitch/kiam#398",
            "aws/amazon-ec2-metadata-mock:pkg/server/httpserver.go",
            "getmoto/moto:moto/instance_metadata/responses.py",
            "googleapis/google-auth-library-ruby#421",
        ),
    ),
)
