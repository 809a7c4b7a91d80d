"""One tuple per table: the fields are the columns, in the order in which they are copied to PostgreSQL."""
