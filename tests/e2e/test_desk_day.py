"""A day at the desk, in real browsers: by keys alone, through many hands, and when things break.

The helpline is the real one; only its clock is moved by hand. Each console is shown in
Albanian and in English.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from fakes.alarms import Ears, Postman
from fakes.casework import INCIDENT, NOTE, PROMISE, Work
from fakes.chromium import chromium, close
from fakes.desk import Colleague, deeds, hire, seated
from fakes.finished import Way
from fakes.forms import stored
from fakes.hands import Hands
from fakes.helpline import Helpline, message
from fakes.seat import Seat, seat
from fakes.served import served
from playwright.async_api import Browser, Page, Route, expect

from api.contacts import drafts, queries, service
from api.contacts.replying import LONGEST_REPLY
from api.contacts.values import StaffRef
from api.duty import service as duty
from api.figures.files import HEADER
from api.locale.catalogue import LANGUAGES

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST_ACTIONS = 12
DRAFT = "Të besoj. Nuk është faji yt"
FORMULA = '=HYPERLINK("https://example.com")'
HOSTILE = (
    "<img src=x onerror=\"document.title='struck'\"><script>document.title='struck'</script>",
    "{{ 7 * 7 }} %(number)s </textarea></p><b>i trashë</b> javascript:alert(1)",
    FORMULA,
    "\u202e\u2067mbrapsht, dhe kurrë i mbyllur",
    "a" + "\u0301" * 10_000,
)
HANDOVER = "/shift/handover"
PLAIN = ("", "/closed", "/cases", "/shift", "/figures", "/learning")
STRANGE = "img, iframe, object, [onerror], a[href*='example.com'], a[href^='javascript']"
PRY = """(strange) => {
  const faults = [...document.querySelectorAll(strange)].map((one) => one.outerHTML.slice(0, 80));
  for (const one of document.querySelectorAll("main .words")) {
    const { contain, display, unicodeBidi } = getComputedStyle(one);
    if (one.querySelector("*:not(mark)")) faults.push(`markup: ${one.innerHTML.slice(0, 80)}`);
    if (!/isolate|plaintext/.test(unicodeBidi)) faults.push("turns what stands beside it");
    if (display !== "inline" && contain !== "paint") faults.push("paints over what is beside it");
  }
  if (document.title.includes("struck")) faults.push("script ran");
  const wide = document.documentElement.scrollWidth - innerWidth;
  return wide > 0 ? [...faults, `scrolls sideways by ${wide}`] : faults;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """
    One Chromium for all of these: each person has a context of their own in it.
    """
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(params=LANGUAGES, loop_scope="module")
async def day(
    tmp_path: Path, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Day]:
    """
    A helpline in its browsers, every console in one language.
    """
    helpline = Helpline(tmp_path)
    async with served(helpline) as url:
        yield Day(helpline, browser, url, request.param)
        for context in browser.contexts:
            await close(context)
    await helpline.close()


@dataclass
class Day:
    """The helpline, and the way to a seat in it."""

    helpline: Helpline
    browser: Browser
    url: str
    language: str

    async def sits(self, name: str, *roles: str, on_duty: bool = True) -> Worker:
        """Hire somebody, put them on duty, and open the desk before them."""
        person = hire(self.helpline, name.lower(), name, *(roles or ("counsellor",)))
        one = await seat(self.helpline, self.browser, self.url, person)
        if on_duty:
            self.helpline.does(duty.set_on_duty, staff=StaffRef(person.id, name), on=True)
        await one.opens(f"/language/{self.language}")
        return Worker(person, one)


@dataclass
class Worker:
    """A person and their screen."""

    person: Colleague
    seat: Seat

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def page(self) -> Page:
        return self.seat.page

    async def leaves_by(self, key: str) -> None:
        """Press a key that opens another page."""
        async with self.page.expect_navigation():
            await self.page.keyboard.press(key)


def state_of(helpline: Helpline, contact_id: str) -> str:
    """Where a contact is in its life."""
    with helpline.database.read() as session:
        return str(queries.get(session, contact_id).state)


async def saved(page: Page) -> None:
    """Wait until the page says that all of the form is stored."""
    words = await page.locator("#formstate").get_attribute("data-saved")
    await expect(page.locator("#formstate")).to_have_text(words or "")


async def types_draft(page: Page, words: str) -> None:
    """Write into the reply field, and wait until the helpline has it."""
    async with page.expect_response("**/draft"):
        await page.locator("#w").fill(words)  # at once: one draft, whole


async def test_from_claim_to_closed_form_in_twelve_actions(day: Day) -> None:
    """
    An ordinary contact by keyboard alone: taken, answered, the form filled from what is
    suggested, the two answers that only a person can give, closed.
    """
    contact_id = await day.helpline.opens(
        severity="concern",
        category="bullying",
        reason="duty_of_care",
        messages=[message("nje shok tallet me mua ne grup")],
    )
    elira = await day.sits("Elira")
    page, hands = elira.page, Hands(elira.page)
    await elira.seat.sees_in_queue(1)

    await hands.press("n")
    await page.wait_for_url("**/contacts/*")
    await hands.press("r")
    await hands.types("Faleminderit që na shkrove.")
    await hands.press("Control+Enter")
    await expect(page.locator("#log .msg.out:not(.unsent)")).to_have_count(1)
    await hands.press("Escape")
    await hands.press("f")
    await expect(page.locator("#acceptall")).to_be_focused()
    await hands.press("Enter")
    await expect(page.locator("#acceptall")).to_have_count(0)
    await hands.press("Space")
    await hands.press("Control+Enter")
    await expect(page.locator("#in-outcome")).to_be_focused()
    await hands.press("ArrowDown")
    await hands.press("Control+Enter")
    await expect(page.locator("#finishform")).to_be_focused()
    await hands.press("Enter")
    await expect(page.locator("#contactform")).to_have_count(0)

    print(f"{day.language}: {hands}")
    assert len(hands.actions) <= MOST_ACTIONS
    answers = stored(day.helpline.database, day.helpline.vault, contact_id)
    assert answers["categories"] == ("violence.bullying",)
    assert (answers["technology"], answers["outcome"]) == (("yes",), ("advice",))
    assert state_of(day.helpline, contact_id) == "closed"
    assert elira.seat.faults == []


async def test_one_contact_goes_through_many_hands(day: Day) -> None:
    """
    Two press “next” at once and one gets it; a supervisor takes it over, offers it, the other
    accepts and falls silent: it is back in the queue, the supervisor is told, and the words
    that the first one began have gone along all the way.
    """
    helpline = day.helpline
    elira, genti = await day.sits("Elira"), await day.sits("Genti")
    ana = await day.sits("Ana", "counsellor", "supervisor")
    contact_id = await helpline.opens(messages=[message("me kercenon")])
    for one in (elira, genti, ana):
        await one.seat.sees_in_queue(1)

    await asyncio.gather(elira.leaves_by("n"), genti.leaves_by("n"))
    [first] = [one for one in (elira, genti) if one.page.url.endswith(contact_id)]
    other = genti if first is elira else elira
    await expect(other.page.locator("#nothing")).to_be_visible()
    await expect(ana.page.locator("#list [data-state=claimed]")).to_contain_text(first.name)

    await ana.seat.opens(f"/contacts/{contact_id}")
    await types_draft(first.page, DRAFT)
    seen = ana.page.locator("#chathead .tag:has(svg)")  # who looks or types
    await expect(seen).to_contain_text(first.name)
    await ana.page.locator("#leading summary").click()
    await ana.page.locator("#leading [action$='take-over'] button").click()
    await expect(ana.page.locator("#w")).to_have_value(DRAFT)
    await expect(ana.page.locator("#unsaved")).not_to_be_empty()  # whose words these are
    await expect(first.page.locator("#below .mine-not")).to_contain_text("Ana")
    await expect(first.page.locator("#w")).to_have_count(0)
    assert (f"staff:{ana.person.id}", "contact.taken_over") in deeds(helpline)

    await ana.page.wait_for_load_state()  # its keys are heard from then on
    await ana.page.locator("body").press("h")
    await ana.page.locator("#offerto").select_option(label=other.name)
    await ana.page.locator("#handover .btn.main").click()
    await expect(other.page.locator("#list [data-accepts]")).to_be_visible()
    await other.leaves_by("a")
    await expect(other.page.locator("#w")).to_have_value(DRAFT)
    await expect(ana.page.locator("#below .mine-not")).to_contain_text(other.name)

    await close(other.page.context)
    helpline.tick(seconds=helpline.settings.lease_seconds + 1)
    await expect(first.page.locator("#list [data-state=waiting]")).to_contain_text(other.name)
    await expect(ana.page.locator("#notices")).to_be_visible()
    await ana.seat.opens("/shift")
    await expect(ana.page.locator("#decide li").first).to_contain_text(other.name)
    await first.leaves_by("n")
    await expect(first.page.locator("#w")).to_have_value(DRAFT)
    assert elira.seat.faults + genti.seat.faults + ana.seat.faults == []


async def test_nobody_leaves_with_a_child_in_hand(day: Day) -> None:
    """
    An urgent contact holds its counsellor back, from the end of duty and from the door, until
    it is put back; the hand-over names it, the next shift confirms that, and finds the form as
    it was left, also after the end of the talk.
    """
    helpline = day.helpline
    elira, genti = await day.sits("Elira"), await day.sits("Genti", on_duty=False)
    ana = await day.sits("Ana", "supervisor", on_duty=False)
    contact_id = await helpline.opens(messages=[message("me kercenon me nje foto")])
    await elira.seat.sees_in_queue(1)
    await elira.leaves_by("n")
    await elira.page.locator("#in-summary").fill("Shantazh me foto; ende")
    await saved(elira.page)

    for way in ("/duty", "/sign-out"):
        await elira.page.locator(f".meta [action$='{way}'] button").click()
        await expect(elira.page.locator(f"#hand-{contact_id}")).to_be_visible()
        assert state_of(helpline, contact_id) == "claimed"
    await elira.seat.opens(HANDOVER)
    await expect(elira.page.locator("#left")).to_contain_text("K-1001")
    await elira.page.locator("#words").fill("K-1001 pret një fjalë para orës 20.")
    await elira.page.locator("#handover .btn.main").click()
    await expect(elira.page.locator("#handovers .words").first).to_contain_text("para orës 20")
    await elira.seat.opens("/leaving?then=duty")
    await elira.page.locator("#hands [action$='/duty'] button").click()
    await elira.seat.sees_in_queue(1)
    assert state_of(helpline, contact_id) == "waiting"
    await expect(ana.page.locator("#notices")).to_have_text("1")

    await genti.page.locator(".meta [action$='/duty'] button").click()
    await genti.seat.opens(HANDOVER)
    handed = genti.page.locator("#handovers article")
    await expect(handed).to_contain_text("K-1001")
    await handed.locator("[action$='/confirm'] button").click()
    await expect(handed.locator(".tag.ok")).to_be_visible()
    await genti.seat.opens()
    await genti.leaves_by("n")
    await expect(genti.page.locator("#in-summary")).to_have_value("Shantazh me foto; ende")

    await genti.page.locator("#ending summary").click()
    await genti.page.locator("#ending .btn.main").click()
    await ana.seat.opens(f"/contacts/{contact_id}")  # its writer is gone, the form is not done
    await ana.page.locator("#leading summary").click()
    await ana.page.locator("#leading [action$='take-over'] button").click()
    await expect(ana.page.locator("#in-summary")).to_have_value("Shantazh me foto; ende")
    assert elira.seat.faults + genti.seat.faults + ana.seat.faults == []


async def test_an_emergency_climbs_aloud(day: Day) -> None:
    """
    A new emergency sounds, notifies and calls the team; unanswered it does so again at 1, 3
    and 10 minutes, up to outside; no call says whom or what it is about; a claim ends it.
    """
    helpline, postman = day.helpline, Postman(day.helpline)
    elira = await day.sits("Elira")
    page, ears = elira.page, Ears(elira.page)
    await ears.listen()
    await elira.seat.opens()
    await page.keyboard.press("?")
    await page.locator("#notifyon").press("Space")
    await expect(page.locator("#notifyon")).to_be_checked()
    await page.keyboard.press("Escape")

    words = await page.locator("#news").get_attribute("data-waits") or ""

    contact_id = await helpline.opens(
        severity="emergency", reason="emergency", messages=[message("po vjen te shtepia ime")]
    )
    for turn, minutes in enumerate((0, 1, 2, 7), start=1):
        helpline.tick(minutes=minutes)
        postman.goes()
        await ears.heard(*(880, 660, 880, 660) * turn)
        await ears.shown(*[words] * turn)
    await expect(page).to_have_title("(1) Sigurt")
    await expect(page.locator("body.alarmed")).to_be_visible()

    assert [where for where, _ in postman.brought] == ["team@", "team@", "lead@", "outside@"]
    said = "".join(text for _, text in postman.brought) + words
    assert not [one for one in ("shtepi", "K-1001", "Elira", contact_id) if one in said]
    await elira.leaves_by("n")
    helpline.tick(minutes=1)
    postman.goes()
    assert len(postman.brought) == 4
    await expect(page.locator("body.alarmed")).to_have_count(0)
    assert elira.seat.faults == []


@pytest.mark.parametrize("day", ["sq"], indirect=True)
async def test_a_lost_line_loses_and_doubles_nothing(day: Day) -> None:
    """
    Cut off in mid-sentence the page says so, keeps the words and saves them when the line is
    back; words whose answer was lost after they had arrived are sent once.
    """
    helpline = day.helpline
    contact_id = await helpline.opens()
    elira = await day.sits("Elira")
    page = elira.page
    await elira.leaves_by("n")
    await types_draft(page, "Të besoj. ")
    await page.context.set_offline(True)
    await page.locator("#w").press_sequentially("Nuk është")
    await expect(page.locator("#unsaved")).not_to_be_empty()
    await expect(page.locator("#lost")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.locator("#unsaved")).to_be_empty()
    await expect(page.locator("#lost")).to_be_hidden()
    assert draft_of(helpline, contact_id) == "Të besoj. Nuk është"

    await page.route("**/reply", loses_the_answer, times=1)
    await page.locator("#w").press_sequentially(" faji yt.")
    await page.locator("#w").press("Control+Enter")
    await expect(page.locator("#log .unsent")).to_have_text("Të besoj. Nuk është faji yt.")
    await expect(page.locator("#log .unsent")).to_have_count(0)
    await expect(page.locator("#log .msg.out")).to_have_text("Të besoj. Nuk është faji yt.")
    assert (await helpline.types()).count("message.sent") == 1
    assert elira.seat.faults == []


async def loses_the_answer(route: Route) -> None:
    """
    The helpline gets what was sent; the page never hears of it.
    """
    await route.fetch()
    await route.abort("connectionreset")


def draft_of(helpline: Helpline, contact_id: str) -> str:
    """What the helpline holds of the reply that is being written."""
    with helpline.database.read() as session:
        found = drafts.draft_of(session, helpline.vault, contact_id)
        return found.text if found else ""


@pytest.mark.parametrize("late", [False, True], ids=["at once", "after the page has changed"])
@pytest.mark.parametrize("day", ["sq"], indirect=True)
async def test_words_to_an_ended_contact_are_refused_and_kept(day: Day, *, late: bool) -> None:
    """
    While the line was away the talk was ended elsewhere: what was written is not sent, says
    why, and stays to be read, whenever the refusal comes.
    """
    helpline = day.helpline
    contact_id = await helpline.opens()
    elira = await day.sits("Elira")
    page = elira.page
    await elira.leaves_by("n")
    await page.context.set_offline(True)
    await page.locator("#w").fill("Të besoj")
    await page.locator("#w").press("Control+Enter")
    await expect(page.locator("#log .unsent")).to_have_text("Të besoj")
    staff = StaffRef(elira.person.id, elira.name)
    helpline.does(service.end, contact_id, staff=staff)

    async def after_the_page_has_changed(route: Route) -> None:
        await expect(page.locator("#leftover")).to_be_attached()
        await route.continue_()

    if late:
        await page.route("**/reply", after_the_page_has_changed)
    await page.context.set_offline(False)

    await expect(page.locator("#below")).to_have_attribute("data-below", re.compile("^ended"))
    await expect(page.locator("#leftover .words")).to_have_text("Të besoj")
    await expect(page.locator("#below .mine-not")).not_to_be_empty()  # why
    assert "message.sent" not in await helpline.types()


@pytest.mark.parametrize("day", ["sq"], indirect=True)
async def test_words_stay_readable_when_another_took_over(day: Day) -> None:
    """
    While the line was away a supervisor took the contact: what was typed meanwhile, to the
    child and into the form, is not the supervisor's, and can still be read by who typed it.
    """
    helpline = day.helpline
    contact_id = await helpline.opens()
    elira = await day.sits("Elira")
    page, lead = elira.page, hire(helpline, "ana", "Ana", "supervisor")
    await elira.leaves_by("n")
    await page.context.set_offline(True)
    await page.locator("#in-summary").fill("Tha se ka frikë")
    await page.locator("#w").fill("Të besoj")
    await expect(page.locator("#unsaved")).not_to_be_empty()
    helpline.does(service.take_over, contact_id, staff=StaffRef(lead.id, lead.name))
    await page.context.set_offline(False)

    await expect(page.locator("#below .mine-not")).to_contain_text("Ana")
    await expect(page.locator("#leftover .words")).to_have_text("Të besoj")
    await expect(page.locator("#formleft .words")).to_have_text("Tha se ka frikë")
    assert draft_of(helpline, contact_id) == ""


@pytest.mark.parametrize("day", ["sq"], indirect=True)
async def test_hostile_texts_are_inert(day: Day) -> None:
    """
    Markup, formulas, marks that turn the direction and ten thousand accents, from a child and
    from staff: on the desk, in the form, the case, the hand-over, the list of what is closed
    and the file of figures they are text, in their own box, and all of it is there.
    """
    helpline = day.helpline
    ana = await day.sits(f"{FORMULA} <b>", "counsellor", "supervisor")
    way, staff = Way(helpline, StaffRef(ana.person.id, ana.name)), "".join(HOSTILE)[:LONGEST_REPLY]
    held = await hostile_contact(way, staff)
    for _ in range(6):
        closed = await hostile_contact(way, staff)
        way.ends(closed)
        way.files(closed, summary=staff)
    case_id = await hostile_case(helpline, ana.person, held, staff)
    await ana.seat.opens(HANDOVER)
    await ana.page.locator("#words").fill(staff)
    await ana.page.locator("#handover .btn.main").click()

    told, found = (f"/contacts/{held}", f"/contacts/{closed}", f"/cases/{case_id}", HANDOVER), {}
    for path in (*told, *PLAIN):
        await ana.seat.opens(path)
        shown = ana.page.locator("main .words", has_text=FORMULA)
        assert path in PLAIN or await shown.count()
        found[path] = await ana.page.evaluate(PRY, STRANGE)
    assert {path: faults for path, faults in found.items() if faults} == {}
    await ana.seat.opens(f"/contacts/{held}")
    read = await ana.page.locator("#log .msg.in .words").all_text_contents()
    assert read == list(HOSTILE)
    await expect(ana.page.locator("#w")).to_have_value(staff)
    assert ana.seat.faults == []
    helpline.later(days=20)
    await assert_safe_file(helpline, ana.person)


async def hostile_contact(way: Way, staff: str) -> str:
    """
    A contact in hand, with hostile words of a child and of staff, and a category nobody knows.
    """
    seen = [{"rule": FORMULA, "words": HOSTILE[0]}]
    words = [message(one, evidence=seen) for one in HOSTILE]
    contact_id = await way.opens(category=FORMULA, messages=words)
    way.takes(contact_id)
    by = {"staff": way.staff, "text": staff}
    way.helpline.does(service.reply, contact_id, key=contact_id, **by)
    way.helpline.does(service.add_note, contact_id, **by)
    way.helpline.does(service.save_draft, contact_id, **by)
    return contact_id


async def hostile_case(helpline: Helpline, person: Colleague, contact_id: str, text: str) -> str:
    """
    A case whose parts hold such words.
    """
    console = await seated(helpline, person)
    work = Work(helpline, contact_id)
    work.case_id = await work.begins(console, contact_id)
    for fields in (NOTE | {"text": text}, INCIDENT | {"what": text}, PROMISE | {"words": text}):
        await work.adds(console, **fields)
    return work.case_id


async def assert_safe_file(helpline: Helpline, person: Colleague) -> None:
    """
    No cell of the file of figures is a formula, and none holds what somebody wrote.
    """
    answer = await (await seated(helpline, person)).get("/figures.csv")
    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert len(cells) > len(HEADER)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert not [text for text in HOSTILE if text != FORMULA and text in answer.text]
