"""Bytes in and out: connections, frames and headers, and how much of each somebody may send."""
