"""What the probe is compared with: GetCallerIdentity through botocore's default chain, and nothing else."""

import botocore.session

client = botocore.session.get_session().create_client("sts")
identity = client.get_caller_identity()
print(identity["Account"])
print(identity["Arn"])
