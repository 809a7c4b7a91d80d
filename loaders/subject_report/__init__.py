"""Everything about one situation, for the person whose data it is (GDPR article 15)."""
