"""The systems that Maillage is measured against; each answers the same questions from the same tables."""
