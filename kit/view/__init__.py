"""Showing a question: a live widget for the notebook, still HTML and text everywhere else."""

from kit.view.view import QuestionView, refresh

__all__ = ["QuestionView", "refresh"]
