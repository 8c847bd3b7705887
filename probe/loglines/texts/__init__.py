"""The known texts, most specific first: one file per speaker. A new file is listed here and nowhere else."""

from probe.loglines.texts import (
    aws_access,
    aws_agent,
    aws_agent_log,
    aws_identity,
    aws_sts,
    botocore,
    botocore_container,
    botocore_network,
    controllers,
    go_network,
    go_network_sts,
    go_v1,
    go_v1_imds,
    go_v2,
    go_v2_imds,
    java,
    javascript,
    node_agents,
    others,
    refresh,
    rust,
)

SIGNATURES = (
    # A controller's own words say what it wanted, so they come before the SDK's.
    *controllers.SIGNATURES,
    *node_agents.SIGNATURES,
    *aws_agent_log.SIGNATURES,
    *go_v1.SIGNATURES,
    *go_v1_imds.SIGNATURES,
    *go_v2.SIGNATURES,
    *go_v2_imds.SIGNATURES,
    *botocore.SIGNATURES,
    *botocore_container.SIGNATURES,
    *botocore_network.SIGNATURES,
    *javascript.SIGNATURES,
    *java.SIGNATURES,
    *rust.SIGNATURES,
    *others.SIGNATURES,
    *refresh.SIGNATURES,
    *aws_sts.SIGNATURES,
    *aws_agent.SIGNATURES,
    *aws_access.SIGNATURES,
    *aws_identity.SIGNATURES,
    *go_network.SIGNATURES,
    *go_network_sts.SIGNATURES,
)

MARKS = tuple(
    (mark, sdk)
    for sdk, marks in (
        (go_v1.SDK, go_v1.MARKS),
        (go_v2.SDK, go_v2.MARKS),
        (botocore.SDK, botocore.MARKS),
        (java.SDK, java.MARKS),
        (javascript.SDK, javascript.MARKS),
        (rust.SDK, rust.MARKS),
        (others.NET, others.MARKS_OF_NET),
        (others.CPP, others.MARKS_OF_CPP),
    )
    for mark in marks
)
"""How each SDK frames what others said, and the SDK."""
