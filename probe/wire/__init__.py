"""The ways to touch the world. Nothing else in the probe opens a socket."""
