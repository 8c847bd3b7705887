"""Pure readers of what a pod was given: ARNs, tokens, files, addresses. They never raise and never show a secret."""
