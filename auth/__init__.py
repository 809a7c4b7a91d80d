"""Who is asking and what they may see: the policy as data, identity in, `Caller` out."""
