"""The contact form: what staff write up of a contact, and contacts entered by hand."""
