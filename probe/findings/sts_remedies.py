"""What to do about the way to STS, with this pod's values."""

from probe.evidence import StsEndpoint
from probe.findings.case import Case
from probe.findings.shell import quoted
from probe.report import Remedy, Tool


def region_of(endpoint: StsEndpoint | None, case: Case) -> str:
    """Return the region that is meant, or a placeholder."""
    if endpoint is not None:
        return endpoint.meant_region or endpoint.region
    return case.region or "REGION"


def mend_dns(case: Case) -> tuple[Remedy, ...]:
    """Look at the cluster's DNS, then at what keeps this pod from it."""
    return (
        Remedy(
            text="See whether the cluster's DNS runs.",
            command="kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide",
            tool=Tool.KUBECTL,
        ),
        look_at_policies(case, "See whether a policy keeps this pod from port 53 (UDP and TCP)."),
        Remedy(
            text="A pod with a security group of its own (SecurityGroupPolicy) needs port 53 to CoreDNS and back. "
            "A controller that starts before CoreDNS, such as Karpenter, needs dnsPolicy: Default."
        ),
    )


def check_name(case: Case, endpoint: StsEndpoint | None) -> tuple[Remedy, ...]:
    """The name itself is wrong, or a private zone hides it."""
    region = region_of(endpoint, case)
    return (
        Remedy(
            text=f"See whether the region {region} exists under this name.",
            command=f"aws ec2 describe-regions --all-regions --region-names {quoted(region)}",
            tool=Tool.AWS,
        ),
        Remedy(
            text="See whether a private hosted zone for amazonaws.com is attached to this VPC and hides the name.",
            command="aws route53 list-hosted-zones-by-vpc --vpc-id VPC_ID --vpc-region " + quoted(region),
            tool=Tool.AWS,
        ),
    )


def is_overridden(endpoint: StsEndpoint | None) -> bool:
    """Whether the host is not STS' own but one that the configuration names."""
    return endpoint is not None and endpoint.host_from not in {"regional", "global"}


def mend_override(endpoint: StsEndpoint | None) -> tuple[Remedy, ...]:
    """The host is somebody's choice: see whether it is still meant."""
    told = endpoint.host_from if endpoint else "the configuration"
    host = endpoint.host if endpoint else "another host"
    return (Remedy(text=f"{told} sends STS calls to {host}: correct it, or remove it and use STS' own endpoint."),)


def look_at_policies(case: Case, text: str) -> Remedy:
    """Read the policies of the pod's namespace."""
    return Remedy(
        text=text,
        command=f"kubectl -n {quoted(case.namespace)} get networkpolicies -o wide",
        tool=Tool.KUBECTL,
    )


def open_the_way(case: Case, endpoint: StsEndpoint | None, *, private: bool) -> tuple[Remedy, ...]:
    """A private address has an endpoint that does not let this pod in; a public one has no way out."""
    service = quoted(service_name(region_of(endpoint, case)))
    look = Remedy(
        text="Look at the VPC endpoint for STS: its state, its security groups, its private DNS.",
        command=f"aws ec2 describe-vpc-endpoints --filters Name=service-name,Values={service}",
        tool=Tool.AWS,
    )
    if private:
        allow = Remedy(
            text="Let 443 from the pods' and nodes' addresses into the endpoint's security group.",
            command="aws ec2 authorize-security-group-ingress --group-id SECURITY_GROUP_ID --protocol tcp --port 443 "
            "--cidr POD_CIDR",
            tool=Tool.AWS,
            privileged=True,
        )
        return (look, allow, look_at_policies(case, "See whether a policy keeps this pod from port 443."))
    create = Remedy(
        text="Without a NAT gateway: make the endpoint, with private DNS.",
        command=f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id VPC_ID --service-name {service} "
        "--subnet-ids SUBNET_ID --security-group-ids SECURITY_GROUP_ID --private-dns-enabled",
        tool=Tool.AWS,
        privileged=True,
    )
    return (look, create, look_at_policies(case, "See whether a policy keeps this pod from port 443."))


def service_name(region: str) -> str:
    """Name the VPC endpoint service of STS in a region."""
    prefix = "cn.com.amazonaws" if region.startswith("cn-") else "com.amazonaws"
    return f"{prefix}.{region}.sts"


def use_regional(case: Case, endpoint: StsEndpoint | None) -> tuple[Remedy, ...]:
    """Have every SDK take the regional endpoint."""
    namespace, account = quoted(case.namespace), quoted(case.service_account)
    region = quoted(region_of(endpoint, case))
    return (
        Remedy(
            text="Tell the SDKs in this container to use the regional endpoint.",
            command=f"kubectl -n {namespace} set env deployment/DEPLOYMENT AWS_STS_REGIONAL_ENDPOINTS=regional "
            f"AWS_REGION={region} AWS_DEFAULT_REGION={region}",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
        Remedy(
            text="Or have the webhook set it, then restart the workload.",
            command=f"kubectl -n {namespace} annotate serviceaccount {account} "
            "eks.amazonaws.com/sts-regional-endpoints=true --overwrite",
            tool=Tool.KUBECTL,
            privileged=True,
        ),
        Remedy(text="Or upgrade the SDK: current ones take the regional endpoint by default."),
    )


def around_the_proxy(case: Case, endpoint: StsEndpoint | None, *, direct_works: bool) -> tuple[Remedy, ...]:
    """Go around a proxy that is not needed, or have it open the way."""
    host = endpoint.host if endpoint else f"sts.{case.region or 'REGION'}.amazonaws.com"
    told = case.given.variables
    listed = told.get("no_proxy") or told.get("NO_PROXY")
    around = Remedy(
        text=f"Keep {host} away from the proxy, in both spellings of the variable.",
        command=f"kubectl -n {quoted(case.namespace)} set env deployment/DEPLOYMENT "
        + " ".join(quoted(f"{name}={','.join(filter(None, (listed, host)))}") for name in ("NO_PROXY", "no_proxy")),
        tool=Tool.KUBECTL,
        privileged=True,
    )
    through = Remedy(text=f"Have the proxy allow CONNECT to {host}:443 for the pods' addresses, and let them reach it.")
    return (around, through) if direct_works else (through, around)


def compare_paths() -> tuple[Remedy, ...]:
    """Find who swallows what was sent."""
    return (
        Remedy(
            text="Run the probe with hostNetwork: true on the same node: if STS answers there, the pod network is at "
            "fault. Compare the MTU of the pod's interface with the node's.",
        ),
        Remedy(
            text="The pod's interface and its MTU, to compare.",
            command="ip link show",
            tool=Tool.SHELL,
        ),
    )


def again(seconds: int = 60) -> Remedy:
    """Try again for a while."""
    return Remedy(
        text="It may pass: let the probe try for a while.", command=f"probe run --wait {seconds}", tool=Tool.PROBE
    )
