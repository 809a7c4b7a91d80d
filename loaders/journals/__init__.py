"""The two journals: who read, and what was given; their chains, their seals, and what a witness can prove."""
