"""Forecasts are asked in no other system: nothing is right about them when they are answered."""

from kit.questions.export import Export

__all__ = ["Export"]
