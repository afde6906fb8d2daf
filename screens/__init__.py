"""The pictures in the documents, made by ``make screens`` from the real thing."""
