"""The agent answers: EKS Auth is out of reach, or does not give the role."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="agent-upstream-unreachable",
        exit_code=47,
        severity=Severity.ERROR,
        title="The agent cannot reach EKS Auth from the node",
        meaning=(
            "The agent is alive and cannot get to EKS Auth: its answer is status 500 with an empty pair of brackets, "
            "or with the text of a failed look-up, connection or TLS check. The pod is fine; the node's way to "
            "`eks-auth.REGION.api.aws` is not. Most SDKs give up before this answer comes and show a timeout."
        ),
        seen_as=(
            "dial tcp: lookup eks-auth.",
            "StatusCode: 0, RequestID: , canceled, context canceled",
            "error getting credentials to cache: unable to fetch credentials from EKS Auth",
        ),
        causes=(
            "Private cluster without a VPC endpoint for eks-auth, or one without private DNS.",
            "The node's egress needs a proxy: agents 0.1.32 to 0.1.35 did not use one.",
            "TLS inspection between node and EKS Auth; the add-on has no option for a CA.",
            "The agent has no credentials of the node role.",
        ),
        evidence=(
            "Status 500 whose body is `[]`, or carries Go's dial, lookup or x509 text. Certain that EKS Auth was not "
            "reached when the text says so; for `[]` alone this is derived from the agent's source and its tests."
        ),
        told_apart_from=look_alikes(
            {
                "agent-slow": "The late answer is credentials, not this error.",
                "agent-unavailable": "EKS Auth itself answered, with a server error.",
            }
        ),
        becomes_certain_with="For a bare `[]`: the agent's log on this node.",
        fixes=(
            (
                "`aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id VPC_ID --service-name "
                "com.amazonaws.REGION.eks-auth --subnet-ids SUBNET_ID --security-group-ids SECURITY_GROUP_ID "
                "--private-dns-enabled`; the nodes need 443 to it."
            ),
            (
                "Proxied nodes: agent 0.1.36 or later, with HTTPS_PROXY and a NO_PROXY that holds 169.254.170.23, "
                "fd00:ec2::23 and localhost."
            ),
            "x509 text: exempt `eks-auth.REGION.api.aws` from inspection.",
        ),
        references=(
            "aws/eks-pod-identity-agent#88",
            "aws/eks-pod-identity-agent#47",
            "aws/eks-pod-identity-agent#109",
            "aws/eks-pod-identity-agent:pkg/errors/errors.go",
        ),
    ),
    Entry(
        code="agent-no-association",
        exit_code=46,
        severity=Severity.ERROR,
        title="EKS knows no Pod Identity association for this ServiceAccount",
        meaning=(
            "The variables were injected when the pod started, and EKS now says that there is no association for this "
            "namespace and ServiceAccount. Usually it was deleted, or made again for another name. By the agent's "
            "source, pods that were running before go on from its cache for up to three hours, so old pods work and "
            "new ones fail."
        ),
        seen_as=(
            "(ResourceNotFoundException)",
            "The requested metadata is not found at http://169.254.170.23/v1/credentials",
        ),
        causes=(
            "The association was deleted, or replaced by one for another namespace or ServiceAccount.",
            "The ServiceAccount or namespace was renamed by an upgrade and the association was not.",
            "The association was made seconds ago and is not visible everywhere yet.",
            "An agent that was installed by hand runs with the name of a cluster that does not exist.",
        ),
        evidence=(
            "The agent passes on ResourceNotFoundException with status 404. Certain that EKS Auth finds none, and "
            "likely where EKS itself lists one. The message's own words are not known to us, so the code alone "
            "decides: an agent that asks for a cluster which is not there hears the same."
        ),
        told_apart_from=look_alikes(
            {
                "agent-role-trust": "The association exists, and its role does not let EKS in.",
                "container-not-injected": "No variables were injected at all.",
                "controller-sdk-too-old": "The agent gives keys here, and the controller's SDK cannot ask for them.",
            }
        ),
        fixes=(
            (
                "`aws eks list-pod-identity-associations --cluster-name CLUSTER --namespace NAMESPACE "
                "--service-account SERVICEACCOUNT`"
            ),
            (
                "`aws eks create-pod-identity-association --cluster-name CLUSTER --namespace NAMESPACE "
                "--service-account SERVICEACCOUNT --role-arn ROLE_ARN`, then roll the pods: `kubectl -n NAMESPACE "
                "rollout restart deployment/NAME`."
            ),
        ),
        references=(
            "aws/eks-pod-identity-agent:internal/cloud/eksauth/errors.go",
            "boto/botocore:botocore/data/eks-auth/2023-11-26/service-2.json",
            "EKS User Guide: Assign an IAM role to a Kubernetes service account",
        ),
    ),
    Entry(
        code="agent-role-trust",
        exit_code=46,
        severity=Severity.ERROR,
        title="EKS may not assume the role of the Pod Identity association",
        meaning=(
            "The association was found, and EKS is not allowed to assume its role. The role's trust policy must let "
            "the service `pods.eks.amazonaws.com` do both sts:AssumeRole and sts:TagSession. Permission policies of "
            "the role are not involved yet. The agent reports this with status 400, not 403."
        ),
        seen_as=(
            "Unauthorized Exception! EKS does not have permissions to assume the associated role",
            "(AccessDeniedException): Unauthorized Exception!",
        ),
        causes=(
            "A role made for IRSA or EC2 was reused without changing its trust policy.",
            "sts:TagSession is missing.",
            "A condition in the trust policy does not hold, for example on aws:SourceArn or on a request tag.",
        ),
        evidence=(
            "The agent passes on AccessDeniedException with this text. Certain that EKS may not assume the role, "
            "likely for the clause until the policy was read. One unexplained report has this text only for "
            "hostNetwork pods."
        ),
        told_apart_from=look_alikes(
            {
                "agent-no-association": "There is no association.",
                "agent-node-role-denied": (
                    "The same code; the text names the node role and eks-auth:AssumeRoleForPodIdentity."
                ),
                "web-identity-trust-denied": "The same kind of fault under IRSA, told by STS.",
            }
        ),
        becomes_certain_with="For the clause: `--checks` with keys that may call iam:GetRole on the associated role.",
        fixes=(
            "Read the policy: `aws iam get-role --role-name ROLE_NAME --query Role.AssumeRolePolicyDocument`.",
            (
                'It needs: `{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": '
                '["sts:AssumeRole", "sts:TagSession"]}`. Write it: `aws iam update-assume-role-policy --role-name '
                "ROLE_NAME --policy-document file://trust.json`."
            ),
            (
                "Which role is it? `aws eks describe-pod-identity-association --cluster-name CLUSTER --association-id "
                "ASSOCIATION_ID`."
            ),
        ),
        references=(
            "aws-controllers-k8s/community#2678",
            "aws/eks-pod-identity-agent#139",
            "awsdocs/amazon-eks-user-guide#750",
            "terraform-aws-modules/terraform-aws-eks-pod-identity#11",
        ),
    ),
    Entry(
        code="agent-node-role-denied",
        exit_code=46,
        severity=Severity.ERROR,
        title="The node role may not call EKS Auth for the agent",
        meaning=(
            "The agent asks EKS Auth as the node role, and that role is not allowed eks-auth:AssumeRoleForPodIdentity. "
            "Every Pod Identity pod on nodes with this role fails in the same way. The pod's own role is not involved "
            "yet."
        ),
        seen_as=("is not authorized to perform: eks-auth:AssumeRoleForPodIdentity",),
        causes=(
            "The node role has a policy of your own instead of AmazonEKSWorkerNodePolicy.",
            "An organization's policy denies the action.",
        ),
        evidence=(
            "The agent passes on AccessDeniedException, and the text names the node role and the action. Certain. Text "
            "and status come from the EKS guide and the agent's source; no field thread seen."
        ),
        told_apart_from=look_alikes(
            {
                "agent-role-trust": "The same code; the text says that EKS may not assume the associated role.",
            }
        ),
        fixes=(
            (
                "`aws iam attach-role-policy --role-name NODE_ROLE_NAME --policy-arn "
                "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy`, or allow `eks-auth:AssumeRoleForPodIdentity` in "
                "the role's own policy."
            ),
        ),
        references=(
            "EKS User Guide: Set up the Amazon EKS Pod Identity Agent",
            "aws/eks-pod-identity-agent:pkg/errors/errors.go",
        ),
    ),
)
