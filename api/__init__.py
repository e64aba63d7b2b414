"""The helpline: a contract for machines, a console for people, its own database."""
