"""Measures the probe beside botocore and the AWS CLI, and against the times that its users were promised."""
