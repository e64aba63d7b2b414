"""Reports of online exploitation, and the receipts with which reporters come back."""
