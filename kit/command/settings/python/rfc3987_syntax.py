"""Stands before the package of this name, which takes seconds and 20 MB whenever it is imported.

It builds a parser for addresses. jsonschema, and so every Jupyter server, imports it at once, does
without where that fails, and then takes any address in a field of the kind 'iri' for a good one.
Nothing of Jupyter's has such a field.
"""

raise ImportError("left out on purpose, see kit/command/settings/python")
