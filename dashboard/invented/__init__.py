"""« Que verrait cette organisation ? »: an invented situation, and what the policy shows of it; no row of anybody is read."""
