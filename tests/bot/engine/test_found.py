"""An address that is pasted or passed on, anywhere: recognised and offered to be reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.holder import AT, Holder

from bot.engine.content import LANGUAGES
from bot.engine.effects import SetTimer
from bot.engine.events import MediaOffered, MessageReceived, TimerFired
from bot.engine.state import Contact

LINK = "https://example.com/dhoma"
PLACES = ["menu", "", "t01-privacy-11-13/quiz", "lessons", "after", "more"]


def at(place: str, language: str = "sq", role: str = "child") -> Holder:
    """Somebody at this question."""
    holder = Holder(language, role)
    lesson = place.partition("/")[0] if "/" in place else ""
    holder.state = replace(holder.state, asked=place, lesson=lesson, heard_at=AT)
    return holder


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_a_pasted_address_is_offered_everywhere(language: str, place: str) -> None:
    """In the menu, in a lesson, in a quiz: it is not opened, and may be reported."""
    holder = at(place, language).types(f"shiko {LINK}")

    assert holder.keys[-1] == "found.ask"
    assert holder.state.found == (LINK,)
    assert LINK not in holder.said


@pytest.mark.parametrize("role", ["child", "parent", "teacher", "other"])
def test_report_it_fills_the_address_in(role: str) -> None:
    """[Report it] goes on with the address known; it is asked for no more."""
    holder = at("menu", role=role).types(f"{LINK} t.me/dhoma_9").presses("found.report")

    draft = holder.state.draft
    assert draft is not None
    assert draft.addresses == (LINK, "t.me/dhoma_9")
    assert holder.state.found == ()


def test_no_leads_back_to_the_lesson() -> None:
    """[No]: nothing of it is kept, and the quiz stands as it stood."""
    holder = at("t01-privacy-11-13/quiz").types(LINK).presses("found.no")

    assert holder.keys[-1] == "t01-privacy-11-13.quiz"
    assert "example.com" not in str(replace(holder.state, words=()).to_dict()["asked"])
    assert holder.state.found == ()


def test_it_bothers_me_is_heard() -> None:
    """[It bothers me] is a small telling, as it was before addresses could be reported."""
    holder = at("menu").types(LINK).presses("found.bothers")

    assert holder.state.asked == "offer"


def test_an_offer_that_was_passed_by_is_forgotten() -> None:
    """Whoever does something else, or nothing for a day, leaves no address behind."""
    holder = at("menu").types(LINK)
    timer = next(each for each in holder.all(SetTimer) if each.name == "forget_found")
    assert timer.at == AT + timedelta(days=1)

    assert holder.presses("go.help").state.found == ()
    assert at("menu").types(LINK).does(TimerFired(at=AT, name="forget_found")).state.found == ()


@pytest.mark.parametrize(
    "text",
    [
        *("alo116.al", "https://alo116.al/kontakt", "https://www.isigurt.al", "p.sh. kjo"),
        *("takeitdown.ncmec.org", "data:image/png;base64,iVBORw0KGgo", "C:\\fotot\\une.com"),
        *("116 111.", "ok.po"),
    ],
)
def test_our_own_pages_and_plain_words_are_not_offered(text: str) -> None:
    """What Sigurt itself sends children to, full stops and files are no offer."""
    assert "found.ask" not in at("menu").types(text).keys


def test_what_is_passed_on_is_offered_too() -> None:
    """A forwarded message with an address, and words beneath a picture, are offered alike."""
    holder = at("menu").does(MessageReceived(at=AT, text=f"kliko {LINK}", forwarded=True))
    assert holder.keys == ["forwarded.thank", "forwarded.signs", "found.ask"]

    holder = at("menu").does(MediaOffered(at=AT, kind="photo", caption=f"nga {LINK}"))
    assert holder.keys == ["media.removed", "found.ask"]


def test_danger_is_heard_before_an_address() -> None:
    """Words that tell of harm are answered as such, whatever address stands beside them (U1)."""
    text = f"dikush po me kercenon me nje foto {LINK}"

    assert at("menu").types(text).keys[0] == "disclosure.thank"


@pytest.mark.parametrize("stage", ["waiting", "talking"])
def test_with_a_person_there_an_address_goes_to_them(stage: str) -> None:
    """With a contact open every word is for the person; nothing else is offered."""
    holder = at("")
    contact = Contact(number=1, stage=stage, severity="none")
    holder.state = replace(holder.state, contact=contact, contacts=1)

    assert "found.ask" not in holder.types(LINK).keys


def test_while_a_child_tells_it_is_not_interrupted() -> None:
    """Somebody who is listened to is listened to."""
    assert "found.ask" not in at("listening").types(f"me shkroi ketu {LINK}").keys
