"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "problem": {
        "own-roles": N_("Your own roles are changed by another administrator."),
        "staff-unknown": N_("This person is not on the list."),
        "last-factor": N_("This is your last second factor. Add another one first."),
        "trial-account": N_("A trial has neither a password nor a second factor."),
        "wrong-password": N_("That is not your present password."),
        "passkey-refused": N_("The passkey was not accepted. Try once more."),
        "passkey-unknown": N_("This passkey is not there any more."),
        "too-many-passkeys": N_("You have 20 passkeys. Remove one first."),
    },
}
