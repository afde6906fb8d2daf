"""Showing a question: a live widget for the notebook, still HTML and text everywhere else."""

from kit.view.view import Answering, QuestionView, refresh, script

__all__ = ["Answering", "QuestionView", "refresh", "script"]
