"""aws-credential-probe: walks the AWS credential chain and says exactly where it breaks."""

__version__ = "0.1.0"
