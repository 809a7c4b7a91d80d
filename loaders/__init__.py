"""The only room with a database: doors, walls, statements, commands, access log."""
