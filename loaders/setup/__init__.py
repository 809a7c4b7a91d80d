"""What this code expects of a database: brought about by `migrate`, looked at by every process."""
