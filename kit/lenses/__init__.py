"""The lenses: they mark candidates in a text and say why; the reader decides."""
