"""What the policy means in SQL: rules about a row and its viewer, the doors made of them, and who reaches which case."""
