"""The command `kit`."""
