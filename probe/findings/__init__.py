"""What evidence means: the catalogue is data, the rules are pure functions."""
