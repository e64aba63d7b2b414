"""Who works at the helpline: accounts, the second factor, sessions."""
