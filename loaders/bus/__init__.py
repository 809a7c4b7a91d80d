"""NATS JetStream, the second bus: every event for the operator's systems, and notices of single organisations."""
