"""What the benchmarks of live questions drive: a real JupyterLab, and notebooks made for it."""
