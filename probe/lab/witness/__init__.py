"""Real SDKs as witnesses: run in a world of the lab, they say whether our models of them are right."""
