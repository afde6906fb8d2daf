"""A class on a hub, simulated."""
