"""The lab: a closed imitation of the AWS side on loopback, and scenarios as folders of data."""
