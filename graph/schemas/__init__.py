"""One schema per audience, what it says of itself, and what a change of it does to others."""
