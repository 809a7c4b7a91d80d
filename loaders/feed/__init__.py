"""The delta feed: the view of an organisation, compared with what it was told before.

For the situations that events speak of, and those whose relation began or ended by itself, the rows within reach are
read through the organisation's doors, hashed group by group as it sees them, and compared with the hashes of the last
time: what differs is a change, what is missing a tombstone. So the feed is a function of what the organisation may
see, and of nothing else: a change it may not see moves neither an entry nor a number (docs/decisions/0023-feed.md).

    feeds        what others call: one page of a feed
    catching_up  one request's work: look at what has happened, number what differs, keep how far that was
    cases        which situations have to be looked at
    view         the rows of these situations as the organisation sees them, each group as a hash
    comparing    the view against what was told: changes and tombstones, without a number yet
    numbering    one order over all that differs
    state        how far a feed is
    pages        entries and pages as they are told
"""
