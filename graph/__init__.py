"""The front door: HTTP in, prepared document, plan, answer, bytes out; and the composition of all rooms."""
