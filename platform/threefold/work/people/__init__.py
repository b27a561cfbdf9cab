"""People: who signs in, what they may do in each body, and what awaits them."""
