"""What to do next, where many texts lead to the same."""

CORRECT_THE_URI = (
    "Correct AWS_CONTAINER_CREDENTIALS_FULL_URI; for Pod Identity it is http://169.254.170.23/v1/credentials."
)
NO_TRAILING_NEWLINE = "Write the token without a trailing newline; the kubelet's own files have none."
SET_BOTH_OF_THE_PAIR = (
    "Set AWS_ROLE_ARN beside AWS_WEB_IDENTITY_TOKEN_FILE. If the container sets one of the two by hand, "
    "the webhook injects neither."
)
RUN_THE_PROBE = "Run the probe with the same ServiceAccount on the same node: it measures which of these it is."
CHECK_INJECTION = (
    "Compare the ServiceAccount's role annotation (or its Pod Identity association) with the pod's environment; "
    "then run the probe with the same ServiceAccount."
)
PRINT_THE_CLAIMS = (
    "Run the probe with the same ServiceAccount: it prints the token's issuer, subject and audience "
    "and the statement that the trust policy needs."
)
MEASURE_THE_HOPS = (
    "Run the probe in the same pod network: it sends the token PUT and a GET without token side by side and "
    "measures how many hops the answer needs."
)
READ_THE_AGENT = "Run the probe with the same ServiceAccount: it shows the agent's own answer, which this SDK drops."
LOOK_AT_THE_FILE = (
    "Run the probe with the same ServiceAccount and user id: it shows mode, owner and shape of the token file."
)
REACH_STS = "Run the probe with the same ServiceAccount: it takes DNS, connect and TLS towards STS one by one."
SET_THE_REGION = "Set AWS_REGION and AWS_DEFAULT_REGION in the pod: some SDKs read only one of the two."
UPGRADE_THE_SDK = (
    "Upgrade the image to a release whose SDK knows EKS Pod Identity (EKS user guide, `pod-id-minimum-sdk`), "
    "or use a role annotation instead."
)
