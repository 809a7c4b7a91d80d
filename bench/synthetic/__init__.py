"""A network that never was: invented children, callers and services in the shape of the yearly report."""
