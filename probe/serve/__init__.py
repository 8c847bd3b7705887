"""The sidecar: the same walk again and again, and what it came to over HTTP."""
