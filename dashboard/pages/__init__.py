"""One file per page: what it asks, and how the answer becomes what its template shows."""
