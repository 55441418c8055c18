"""Rules that catch impossible, repeated or double-counted figures, in our own plans and in claims that others make."""
