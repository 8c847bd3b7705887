"""Manifests that put the probe into a workload's place. Pure: a workload goes in, text comes out."""
