"""What stands up as evidence: exhibits with their custody, stamps of the trail, bundles."""
