"""Lays out the image's root file system, from inside the build: `python3.13 -m tools.image.rootfs ROOT`.

Runs as root on Debian with nothing but its Python. What goes in is told by `image/contents.toml`.
"""
