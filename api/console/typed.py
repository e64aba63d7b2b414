"""A form that was refused comes back as it was filled in: nobody types anything twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in a form that was refused, and why; the empty one is of no form."""

    form: str = ""
    fault: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    def of(self, form: str, name: str, first: object = "") -> object:
        """What stood in a field of this form; in any other, what the field begins with."""
        return self.fields.get(name, first) if form == self.form else first

    def fault_of(self, form: str) -> str:
        """Why this form was refused; empty when it was another, or none."""
        return self.fault if form == self.form else ""
