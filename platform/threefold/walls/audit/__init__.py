"""The audit: how committed entries are sealed into a chain for each body, anchored outside the database, and verified."""

# What an entry tells of: a change, or a way of reading.
CHANGE, DETAIL, LIST, SEARCH, EXPORT, ATTACHMENT = "change", "detail", "list", "search", "export", "attachment"
KINDS = (DETAIL, LIST, SEARCH, EXPORT, ATTACHMENT, CHANGE)
DONE, REFUSED = "done", "refused"
