"""The policy in French, for whoever reads it on a page: its conditions, its acts, its rules, its changes."""
