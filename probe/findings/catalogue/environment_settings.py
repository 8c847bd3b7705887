"""Settings in the environment that steer every source: region, endpoints, switches."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="region-missing",
        exit_code=91,
        severity=Severity.ERROR,
        title="No AWS region is configured in this container",
        meaning=(
            "Neither AWS_REGION nor AWS_DEFAULT_REGION is set and no profile gives a region. Go and botocore refuse to "
            "make regional calls. For web identity JS v3 asks STS in us-east-1 and Java v2 the global endpoint, which "
            "this VPC may not reach. The webhook sets the region only together with IRSA or Pod Identity, and not if "
            "the container sets one of the two variables itself."
        ),
        seen_as=(
            "MissingRegion: could not find region configuration",
            "Invalid Configuration: Missing Region",
            "You must specify a region",
            "AWS region is missing",
            "failed to introspect region from EC2Metadata",
            "Could not determine region from any metadata service",
        ),
        causes=(
            "The identity was not injected, so its region was not either.",
            "The controller was to learn the region from IMDS, and IMDS does not answer pods on this node.",
            "A self-managed webhook runs without a region.",
        ),
        evidence=(
            "No region in the environment or in the profile in use; whether IMDS would give one is shown beside it. "
            "Certain about what this container holds. A region given to the controller by a flag cannot be seen from "
            "here."
        ),
        told_apart_from=look_alikes(
            {
                "region-split": "One of the two variables is set, so some SDKs do have a region.",
                "imds-hop-limit": (
                    "The message about the region is the same when IMDS was the only place to learn it; a token PUT "
                    "without an answer says so."
                ),
                "metadata-needed-unreachable": "The controller was named, and its own flags and places were looked at.",
                "sts-global-endpoint-unreachable": (
                    "A missing region sends some SDKs to the global endpoint; that one says that it cannot be reached."
                ),
            }
        ),
        fixes=(
            "Set both AWS_REGION and AWS_DEFAULT_REGION in the container: not every SDK reads both.",
            (
                "Use the chart's own value where there is one (AWS Load Balancer Controller: `--set region=REGION`, "
                "EBS CSI: `controller.region`), so that the controller does not need IMDS."
            ),
            "If nothing was injected at all, mend that first: it brings the region along.",
        ),
        references=(
            "kubernetes/autoscaler#2429",
            "kubernetes-sigs/aws-ebs-csi-driver#2031",
            "kubernetes-sigs/aws-load-balancer-controller#1561",
            "aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go",
        ),
    ),
    Entry(
        code="region-split",
        exit_code=None,
        severity=Severity.WARNING,
        title="SDKs in this container would see different regions",
        meaning=(
            "Only one of AWS_REGION and AWS_DEFAULT_REGION is set, or the two differ. JS v3 and Java v2 read only "
            "AWS_REGION, botocore reads only AWS_DEFAULT_REGION, Go v2, Rust, CRT and CLI v2 read both with AWS_REGION "
            "first. So one program works in this pod and the next has no region, or another one."
        ),
        seen_as=("MissingRegion: could not find region configuration", "You must specify a region"),
        causes=(
            "The region was set by hand under one name; the webhook then leaves both alone.",
            "One variable is overridden for a test or for a second cluster.",
        ),
        evidence="The two variables were read and do not agree. Certain; which SDK reads which is from their sources.",
        told_apart_from=look_alikes(
            {
                "region-missing": "Neither variable is set and no profile gives a region.",
            }
        ),
        fixes=(
            (
                "Set both variables to the same value in the container spec, or remove both so that the webhook sets "
                "them, then roll the pods."
            ),
        ),
        references=(
            "boto/botocore:botocore/configprovider.py",
            "aws/aws-sdk-go-v2:config/env_config.go",
            "AWS SDKs and Tools Reference Guide: AWS Region",
        ),
    ),
    Entry(
        code="endpoint-override",
        exit_code=None,
        severity=Severity.WARNING,
        title="An AWS endpoint is overridden by an environment variable",
        meaning=(
            "AWS_ENDPOINT_URL or one of its service forms is set, so calls that look as if they went to AWS go to "
            "another host. That is right for a local stand-in or a special VPC endpoint, and a trap everywhere else. "
            "Go v1 ignores these variables, so programs in one pod may talk to different hosts."
        ),
        seen_as=("x509: certificate is valid for", "Could not connect to the endpoint URL:"),
        causes=(
            "The variable was meant for one service and is set for all of them (AWS_ENDPOINT_URL).",
            "A test set-up against a stand-in was deployed.",
            "The value names another endpoint by mistake, such as the cluster's own API endpoint.",
        ),
        evidence=(
            "The variable is set and AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is not true. Certain that calls are "
            "redirected; whether that is wanted cannot be known from here."
        ),
        told_apart_from=look_alikes(
            {
                "sts-impostor": "The host that answered is not STS; without an override it is something on the way.",
                "sts-tls-intercepted": "The certificate is foreign although the name is STS's own.",
                "sts-tls-failed": "The name is STS's own and verification fails for another reason.",
                "sts-dns-failed": "The name that does not resolve is STS's own, not the overridden one.",
                "sts-unreachable": "The address that does not answer belongs to STS's own name.",
            }
        ),
        fixes=(
            "Remove the variable from the container, or narrow it to one service (AWS_ENDPOINT_URL_S3 and the like).",
            (
                "To see whether it is the cause, set AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true for a test; SDKs of 2023 "
                "and later know it."
            ),
        ),
        references=(
            "aws-controllers-k8s/community#1015",
            "AWS SDKs and Tools Reference Guide: Service-specific endpoints",
        ),
    ),
    Entry(
        code="metadata-disabled-by-env",
        exit_code=51,
        severity=Severity.ERROR,
        title="AWS_EC2_METADATA_DISABLED switches off the source that is needed",
        meaning=(
            "IMDS is the source that is expected or left, and AWS_EC2_METADATA_DISABLED tells every SDK not to use it. "
            "IMDS itself may be healthy. The accepted values differ: most SDKs want `true`, CRT and JS v3 take other "
            "values too, and JS v3 up to about 3.600 even took `false`."
        ),
        seen_as=(
            "EC2 IMDS access disabled via",
            'access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable',
            "IMDS credentials have been disabled by environment variable or system property",
            "IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to",
            "EC2 Instance Metadata Service access disabled",
            "Access to EC2 metadata has been disabled.",
        ),
        causes=(
            "The variable was set to keep pods off the node role, and this pod has no other source.",
            "The intended source (IRSA or Pod Identity) was not injected, so the chain came to IMDS at all.",
        ),
        evidence=(
            "The variable has a value that disables IMDS, and no earlier source is configured or IMDS is expected. "
            "Certain."
        ),
        told_apart_from=look_alikes(
            {
                "nothing-configured": "No source is configured and nothing switches IMDS off.",
                "imds-endpoint-invalid": "The endpoint itself cannot be used, switched on or not.",
                "imds-disabled": (
                    "IMDS itself answers 403: the instance's endpoint is off, whatever the environment says."
                ),
                "imds-blocked": "The variable is not set; the address does not answer.",
            }
        ),
        fixes=(
            "If the pod should have its own role, give it one by IRSA or Pod Identity and leave the variable as it is.",
            "If the pod is meant to use the node role, remove the variable and roll the pods.",
        ),
        references=(
            "metarank/metarank#1511",
            "AWS SDKs and Tools Reference Guide: IMDS client",
            "aws/aws-sdk-go-v2:feature/ec2/imds/api_client.go",
        ),
    ),
)
