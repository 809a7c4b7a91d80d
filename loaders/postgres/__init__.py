"""PostgreSQL as a service: where it is, how many connections, under which logins."""
