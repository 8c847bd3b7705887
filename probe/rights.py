"""Which file of k8s/rbac grants what a step reads of Kubernetes."""

OWN = "k8s/rbac/own-service-account-and-pod.yaml"
NODE = "k8s/rbac/node.yaml"
AGENT = "k8s/rbac/agent-pods.yaml"
WEBHOOK = "k8s/rbac/webhook-configuration.yaml"
POLICIES = "k8s/rbac/network-policies.yaml"
