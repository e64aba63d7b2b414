"""What an alert says: that somebody is needed, and nothing of whom or why.

It lands on locked screens and in other companies' hands. Both languages, for the service
does not know who reads it.
"""

from __future__ import annotations

TITLE = "Sigurt"
_SAID = {
    "new": (
        "Dikush pret tani një njeri. Hapni tavolinën.",
        "Somebody needs a person now. Open the desk.",
    ),
    "all_on_duty": (
        "Dikush pret ende dhe askush nuk e ka marrë. Thirren të gjithë ata që janë në detyrë.",
        "Somebody still waits and nobody has answered. Everybody on duty is called.",
    ),
    "supervisor": (
        "Dikush pret ende dhe askush nuk e ka marrë. Thirret mbikëqyrësi.",
        "Somebody still waits and nobody has answered. The supervisor is called.",
    ),
    "outside": (
        "Askush te linja e ndihmës nuk është përgjigjur. Ju lutemi, telefononi mbikëqyrësin.",
        "Nobody at the helpline has answered. Please telephone the supervisor.",
    ),
    "call_all": (
        "Mbikëqyrësi i thërret të gjithë në tavolinë.",
        "The supervisor calls everybody to the desk.",
    ),
    "evidence_broken": (
        "Diçka në regjistrat e linjës së ndihmës nuk është më siç u ruajt. Hapni tavolinën.",
        "Something in the helpline's records is no longer as it was kept. Open the desk.",
    ),
}
WHY = tuple(_SAID)


def text_of(why: str, *, address: str) -> str:
    """The words of an alert; ``address`` is where the desk is, or empty."""
    lines = [*_SAID[why], f"{address}/helpline" if address else ""]
    return "\n".join(line for line in lines if line)
