"""What cannot be done with an address."""

from __future__ import annotations

from api.errors import Refusal


class AddressUnknown(Refusal):
    status, type, title = 404, "address-unknown", "No such address"


class AddressMove(Refusal):
    status, type, title = 409, "address-move", "The address cannot go from its state to that one"


class AddressHeld(Refusal):
    status, type, title = 409, "address-held", "The address is held for the police"


class AddressNotHeld(Refusal):
    status, type, title = 409, "address-not-held", "The address is not held"


class NoAddress(Refusal):
    status, type, title = 422, "no-address", "This cannot be read as an address"


class InvalidAddressWords(Refusal):
    status, type, title = 422, "invalid-address-words", "Something is missing or too long"


COMES_BACK = (AddressMove, AddressHeld, NoAddress, InvalidAddressWords)
"""What is said on the form that was refused, which keeps what was typed."""
