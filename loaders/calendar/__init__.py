"""Time as the law counts it: what is due when, in civil days of a territory, and what its passing ends."""
