"""The pictures in the documents, made by ``make screens`` from the real thing."""

import bench  # noqa: F401 - it puts tests/ on the path
