"""What an instance's metadata says: the paths below a version of the API, and their contents.

Categories and formats follow the EC2 User Guide (instance metadata categories, instance identity documents).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from probe.lab.servers.minting import ACCOUNT, MintedCredentials

ROLE_LISTING = "meta-data/iam/security-credentials/"
PRIVATE_ADDRESS = "10.0.1.23"


@dataclass(frozen=True, kw_only=True)
class Instance:
    """The facts of one EC2 instance."""

    instance_id: str = "i-0123456789EXAMPLE0"
    region: str = "eu-west-1"
    availability_zone: str = "eu-west-1a"
    account: str = ACCOUNT
    mac: str = "06:00:00:00:00:01"
    vpc_id: str = "vpc-0123456789EXAMPLE"
    subnet_id: str = "subnet-0123456789EXAMPLE"

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for prefix, name in prefixes.items() if self.region.startswith(prefix)), "aws")


def role_document(credentials: MintedCredentials, updated: float) -> dict[str, Any]:
    """Tell the credentials of the instance's role, as security-credentials/<role> does."""
    return {
        "Code": "Success",
        "LastUpdated": _time(updated),
        "Type": "AWS-HMAC",
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "Token": credentials.session_token,
        "Expiration": credentials.expiration_text,
    }


def profile_document(instance: Instance, role: str, updated: float) -> dict[str, Any]:
    """Tell the profile of an instance, as `iam/info` does; it is named like its role here."""
    return {
        "Code": "Success",
        "LastUpdated": _time(updated),
        "InstanceProfileArn": f"arn:{instance.partition}:iam::{instance.account}:instance-profile/{role}",
        "InstanceProfileId": "AIPAEXAMPLEEXAMPLE234",
    }


def instance_files(instance: Instance) -> dict[str, str]:
    """List every path, with its content, that does not depend on the role."""
    private_name = f"ip-{PRIVATE_ADDRESS.replace('.', '-')}.{instance.region}.compute.internal"
    return {
        "dynamic/instance-identity/document": render_json(_identity_document(instance)),
        "dynamic/instance-identity/pkcs7": "EXAMPLE",
        "dynamic/instance-identity/rsa2048": "EXAMPLE",
        "dynamic/instance-identity/signature": "EXAMPLE",
        "meta-data/ami-id": "ami-0123456789EXAMPLE",
        "meta-data/hostname": private_name,
        "meta-data/instance-id": instance.instance_id,
        "meta-data/instance-type": "m5.large",
        "meta-data/local-hostname": private_name,
        "meta-data/local-ipv4": PRIVATE_ADDRESS,
        "meta-data/mac": instance.mac,
        "meta-data/placement/availability-zone": instance.availability_zone,
        "meta-data/placement/availability-zone-id": "euw1-az1",
        "meta-data/placement/region": instance.region,
        "meta-data/services/domain": "amazonaws.com.cn" if instance.partition == "aws-cn" else "amazonaws.com",
        "meta-data/services/partition": instance.partition,
        **_interface_files(instance),
    }


def role_files(role: str, info: Mapping[str, Any], document: Mapping[str, Any] | None) -> dict[str, str]:
    """List the `iam` branch. Without a document the role is listed and its own path does not exist."""
    files = {"meta-data/iam/info": render_json(info)}
    if document is not None:
        files[ROLE_LISTING + role] = render_json(document)
    return files


def listing(files: Mapping[str, str], directory: str) -> str | None:
    """List the names in a directory (empty or ending in a slash), one a line; None if there is no such directory.

    A sub-directory ends in a slash, and the last line has no newline.
    """
    names = {path.removeprefix(directory) for path in files if path.startswith(directory)}
    entries = {name.partition("/")[0] + ("/" if "/" in name else "") for name in names}
    return "\n".join(sorted(entries)) if entries else None


def render_json(document: Mapping[str, Any]) -> str:
    """Write JSON with the blanks that EC2 puts around its colons."""
    return json.dumps(document, indent=2, separators=(",", " : "))


def _identity_document(instance: Instance) -> dict[str, Any]:
    return {
        "accountId": instance.account,
        "architecture": "x86_64",
        "availabilityZone": instance.availability_zone,
        "billingProducts": None,
        "devpayProductCodes": None,
        "marketplaceProductCodes": None,
        "imageId": "ami-0123456789EXAMPLE",
        "instanceId": instance.instance_id,
        "instanceType": "m5.large",
        "kernelId": None,
        "pendingTime": "2024-01-01T00:00:00Z",
        "privateIp": PRIVATE_ADDRESS,
        "ramdiskId": None,
        "region": instance.region,
        "version": "2017-09-30",
    }


def _interface_files(instance: Instance) -> dict[str, str]:
    values = {
        "device-number": "0",
        "interface-id": "eni-0123456789EXAMPLE",
        "local-ipv4s": PRIVATE_ADDRESS,
        "mac": instance.mac,
        "owner-id": instance.account,
        "security-group-ids": "sg-0123456789EXAMPLE",
        "subnet-id": instance.subnet_id,
        "subnet-ipv4-cidr-block": "10.0.1.0/24",
        "vpc-id": instance.vpc_id,
        "vpc-ipv4-cidr-block": "10.0.0.0/16",
        "vpc-ipv4-cidr-blocks": "10.0.0.0/16",
    }
    return {f"meta-data/network/interfaces/macs/{instance.mac}/{name}": value for name, value in values.items()}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
