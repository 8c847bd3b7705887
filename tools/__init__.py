"""What the developers of the probe run; no part of what is installed."""
