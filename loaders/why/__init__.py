"""Why somebody sees one field of a case, or does not: the atoms of the doors, asked one by one of the database."""
