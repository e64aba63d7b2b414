"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "address_kind": {
        "url": N_("Page"),
        "account": N_("Account"),
        "chat": N_("Group or chat"),
        "phone": N_("Phone number"),
        "email": N_("E-mail address"),
        "none": N_("No address"),
    },
    "address_state": {
        "reported": N_("Reported"),
        "assessed": N_("Assessed"),
        "police_told": N_("Police told"),
        "held": N_("Held for the police"),
        "notice_sent": N_("Request sent"),
        "removed": N_("Removed"),
        "refused": N_("Request refused"),
        "gone": N_("Already gone"),
        "moved": N_("Moved"),
        "again": N_("Seen again"),
        "dropped": N_("Not pursued"),
    },
    "address_deed": {
        "assessed": N_("Assessed: to be acted on"),
        "police_told": N_("The police were told"),
        "notice_sent": N_("A request to remove was sent"),
        "removed": N_("It was removed"),
        "refused": N_("The request was refused"),
        "gone": N_("It is already gone"),
        "moved": N_("It moved to another address"),
        "again": N_("It was seen again"),
        "dropped": N_("It is not pursued"),
    },
    "address_event": {
        "assessed": N_("Assessed"),
        "police_told": N_("Police told"),
        "lifted": N_("Hold lifted"),
        "notice_sent": N_("Request sent"),
        "removed": N_("Removed"),
        "refused": N_("Request refused"),
        "gone": N_("Already gone"),
        "moved": N_("Moved"),
        "again": N_("Seen again"),
        "dropped": N_("Not pursued"),
        "there": N_("Checked: still there"),
        "hosted": N_("Place of hosting changed"),
    },
    "address_outcome": {
        "there": N_("still there"),
        "removed": N_("removed"),
        "gone": N_("gone"),
        "moved": N_("moved to another address"),
        "again": N_("seen again"),
    },
    "address_how": {
        "hotline": N_("a hotline told us"),
        "platform": N_("the platform told us"),
        "police": N_("the police told us"),
        "checker": N_("a link checker that shows no pictures"),
        "reporter": N_("who reported it told us"),
        "other": N_("in another way"),
    },
    "address_flag": {
        "credentials": N_("A name or password stood in the address. It was left out."),
        "mixed_scripts": N_("Letters of several scripts are mixed: it may imitate another name."),
        "punycode": N_("The name is written in letters beyond a–z."),
        "ip": N_("It is the number of a machine, not a name."),
        "onion": N_("It lies in the Tor network."),
        "short": N_("It only leads on to another address, which is not known here."),
        "cut": N_("It was too long and is cut. What was typed stands in the report."),
        "hidden_signs": N_("Signs that nobody sees were left out."),
    },
    "address_why": {
        "nothing": N_("No address could be read in this."),
        "data": N_("A file was pasted here. It was not kept."),
        "file": N_("This is a place on a device, not an address."),
        "script": N_("This is a piece of program, not an address."),
        "unreadable": N_("This looks like an address and cannot be read."),
    },
    "report_deed": {
        "address.added": N_("Address added"),
    },
    "notice": {
        "address_check": N_("An address is to be checked"),
    },
    "problem": {
        "address-unknown": N_("There is no such address."),
        "address-move": N_("The address cannot go from its state to that one."),
        "address-held": N_("It is held for the police. A supervisor can lift the hold."),
        "address-not-held": N_("It is not held any more."),
        "no-address": N_("This cannot be read as an address."),
        "invalid-address-words": N_("Something is missing or too long."),
    },
}
