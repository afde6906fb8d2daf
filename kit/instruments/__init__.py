"""Calls that explain one thing each: an old estimate, where a claim comes from, a phrase."""
