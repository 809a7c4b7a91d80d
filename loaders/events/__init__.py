"""What happens, told to those who may know: the outbox, and what is told from it."""
