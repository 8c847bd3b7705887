"""Logs of every speaker, each with exactly one match."""

from tests.loglines.examples import (
    aws_access,
    aws_agent,
    aws_sts,
    botocore,
    controllers,
    go_network,
    go_v1,
    go_v2,
    java,
    javascript,
    others,
    rust,
)

EXAMPLES = tuple(
    example
    for speaker in (
        go_v1,
        go_v2,
        go_network,
        botocore,
        javascript,
        java,
        rust,
        others,
        aws_sts,
        aws_agent,
        aws_access,
        controllers,
    )
    for example in speaker.EXAMPLES
)
