"""Who may do what: rights as data, and the router that denies by default."""
