"""Builds the container image, proves that the build repeats itself, and says what came out: `python -m tools.image`.

`rootfs` runs inside the build, everything else outside.
"""
