"""Tellers: each shows the one report in its own way, and none has a verdict of its own."""
