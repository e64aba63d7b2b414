"""What the triage hears, in sentences written for these tests."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.events import Reading, Severity
from bot.engine.words import READ_AT_MOST, unaccented
from bot.triage import read
from bot.triage.cli import load_lexicons, said
from bot.triage.rules import CATEGORIES

LEXICONS = load_lexicons()
GRAVE = (Severity.DISCLOSURE, Severity.EMERGENCY)

TOLD = [
    "prit pak. nje goc ne insta ka nje foto timen private. do 200 euro deri neser "
    "ose ja con gjith klases",
    "wait. a girl on insta has a private pic of me. she wants 200 euros by tomorrow "
    "or she sends it to my whole class",
    "dikush po me kercenon me nje foto",
    "Dikush po më kërcënon me një foto.",
    "someone is threatening me with a photo",
    "nje cun i shtates ma merr telin edhe shkruan gjera te kqija me emrin tim",
    "a boy in year 7 takes my phone and writes bad stuff as me",
    "Vajza ime 13 vjec ka folur me nje burre ne tiktok dhe i ka cuar foto!! do ta vras. "
    "me thoni ku ta gjej",
    "My daughter is 13 she talked to a man on tiktok and sent him photos!! i'll kill him. "
    "tell me where to find him",
    "Një nxënëse e klasës së tretë më tha se një i afërm i kërkon të bëjnë “lojën e fshehtë”. "
    "Drejtoresha thotë të presim. Nuk jam e sigurt, a duhet ta raportoj?",
    "A girl in year three told me that a relative wants to play “the secret game” with her. "
    "The head says we should wait. I'm not sure, do I have to report it?",
    "njerku më ka prekur kur fleja dhe kam turp ta them",
    "axha m'ka prekë edhe kom marre me i thanë nanës",
    "trajneri me kerkon foto pa rroba cdo nate",
    "babai më rreh me rrip çdo natë",
    "my stepdad hits me with a belt every night",
    "my coach touched me and said not to tell anyone",
    "he says he will post my nudes if i dont pay",
]
URGENT = [
    "s'muj ma. sonte e kryj, mos m'kerkoni",
    "cant anymore. im ending it tonight, dont look for me",
    "dua te vras veten sonte",
    "Dua të vras veten sonte.",
    "i want to kill myself tonight",
    "babi o tu e rreh nanen, jena n'dhom",
    "dad is beating mum right now, we are hiding in the bathroom",
    "jam në makinën e tij dhe kam frikë, nuk më lë të dal",
    "i am in his car and he wont let me out",
]
HARMLESS = [
    "dua të flas me dikë",
    "i want to talk to someone",
    "po vdes nga te qeshurat",
    "Po vdes nga të qeshurat!",
    "im dying of laughter",
    "e rraha ne fifa",
    "i beat him in fifa",
    "mos i thuaj mamit, eshte dhurate",
    "dont tell mum its a present",
    "po",
    "jo",
    "ok",
    "3",
    "je robot apo njeri?",
    "are you a robot or a person?",
    "pershendetje si je",
    "faleminderit shume",
    "trajneri asht shum i mir me mu",
    "sa eshte ora",
    "what is the capital of albania",
]


def heard(text: str) -> Reading:
    return read(text, LEXICONS)


@pytest.mark.parametrize("text", TOLD)
def test_what_a_child_tells_is_heard(text: str) -> None:
    """
    A telling of harm is a disclosure or graver, whoever tells and however it is spelt.
    """
    assert heard(text).severity in GRAVE, heard(text)


@pytest.mark.parametrize("text", TOLD)
def test_accents_do_not_decide(text: str) -> None:
    """
    The same telling without ë and ç is read exactly alike, but for the words shown.
    """
    with_accents, plain = heard(text), heard(unaccented(text))
    assert (with_accents.severity, with_accents.category) == (plain.severity, plain.category)


@pytest.mark.parametrize("text", URGENT)
def test_danger_now_is_an_emergency(text: str) -> None:
    """
    A life in danger now is an emergency, in both languages and in Gheg.
    """
    assert heard(text).severity is Severity.EMERGENCY, heard(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_jokes_and_answers_raise_nothing(text: str) -> None:
    """
    Hyperbole, games, presents and short answers open no contact.
    """
    assert heard(text).severity not in GRAVE, heard(text)


@pytest.mark.parametrize(
    "text",
    [
        "nqs te tregoj dicka mos i thuaj askujt ok",
        "if i tell u something dont tell anyone ok",
        "edhe mua nje me pyet cdo nate ku jam e me ke rri",
    ],
)
def test_a_secret_about_to_be_told_is_noticed(text: str) -> None:
    """
    An unsure sign is answered softly; it is never passed over.
    """
    assert heard(text).severity is not Severity.NONE


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("dikush po me kercenon me nje foto", "sextortion"),
        ("babai më rreh me rrip çdo natë", "violence"),
        ("dua te vras veten sonte", "self_harm"),
        ("my coach touched me and said not to tell anyone", "sexual_abuse"),
        (TOLD[0], "sextortion"),
        (TOLD[1], "sextortion"),
        (TOLD[6], "bullying"),
        (TOLD[7], "grooming"),
        (TOLD[8], "grooming"),
        (TOLD[9], "sexual_abuse"),
        (TOLD[10], "sexual_abuse"),
    ],
)
def test_the_harm_is_named(text: str, category: str) -> None:
    """
    The category says which kind of help is needed.
    """
    assert heard(text).category == category


def test_evidence_is_the_words_as_typed() -> None:
    """
    A counsellor sees the words that counted as the child typed them, and the rule.
    """
    reading = heard("Ai PO MË KËRCËNON me një foto")
    assert any("KËRCËNON" in each.words for each in reading.evidence)
    assert all(each.rule and len(each.words) <= 60 for each in reading.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "dua te v d e s",
        "dua te v r a s veten",
        "k1ll1ng mys3lf tonight",
        "dua te\u200b vd\u200bes",
    ],
)
def test_disguised_words_are_heard(text: str) -> None:
    """
    Digits for letters, letters typed apart and invisible characters hide nothing.
    """
    assert heard(text).severity is not Severity.NONE, heard(text)


def test_a_telling_in_a_long_text_is_found() -> None:
    """
    Nothing gets lost in a long message, and harmless text around it does not dilute it.
    """
    filler = "sot ishte dite e bukur dhe luajtem futboll me shoket " * 30
    assert heard(filler + "babai më rreh me rrip çdo natë " + filler).severity in GRAVE


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    """
    Any string is read, into a known category, with a score from 0 to 1, always alike.
    """
    reading = heard(text)
    assert reading.category in (*CATEGORIES, "none")
    assert 0 <= reading.score <= 1
    assert (reading.severity is Severity.NONE) == (reading.category == "none")
    assert reading == heard(text)


def test_what_stands_beyond_the_limit_is_not_read() -> None:
    """
    The work is bounded: text beyond the first 20,000 characters changes nothing.
    """
    text = "lule " * (READ_AT_MOST // 5)
    assert heard(text) == heard(text + "dua te vras veten sonte")


@pytest.mark.parametrize("typed", [str, unaccented], ids=["pasted", "retyped plainly"])
def test_what_sigurt_says_raises_nothing(typed: Callable[[str], str]) -> None:
    """
    A bubble pasted back, or a button typed out, is at most asked about; it opens no contact.

    After new texts that speak of harm the cues are learned anew: bot/triage/README.md.
    """
    raised = [text for text in said() if heard(typed(text)).severity in GRAVE]
    assert raised == []


@pytest.mark.parametrize("typed", [str, str.upper, unaccented])
def test_asking_for_a_person_is_no_harm(typed: Callable[[str], str]) -> None:
    """
    Words that ask for a person, the menu, a language, help, a report or the way out tell nothing.
    """
    raised = [
        phrase
        for lexicon in LEXICONS.values()
        for phrases in (
            *(lexicon.safe_words, lexicon.exit_words, lexicon.help_words),
            *(lexicon.person_words, lexicon.robot_words),
            *(lexicon.language_words, lexicon.menu_words),
            *(lexicon.report_words, lexicon.code_words),
        )
        for phrase in phrases
        if heard(typed(phrase)).severity is not Severity.NONE
    ]
    assert raised == []


def test_asking_for_secrecy_is_at_most_asked_about() -> None:
    """
    “Don't tell anyone” is no telling yet; it never opens a contact by itself.
    """
    phrases = [phrase for each in LEXICONS.values() for phrase in each.secret_words]
    assert [phrase for phrase in phrases if heard(phrase).severity in GRAVE] == []


@pytest.mark.parametrize(
    "text",
    [
        "edhe mua nje me pyet cdo nate ku jam e me ke rri",
        "theres one who asks me every night too where i am and who im with",
    ],
)
def test_an_unsure_sign_is_a_concern(text: str) -> None:
    """
    Scene 5: somebody asks where a child is; the bot asks back before it opens anything.
    """
    reading = heard(text)
    assert (reading.severity, reading.category) == (Severity.CONCERN, "grooming")


@pytest.mark.parametrize("text", TOLD)
def test_what_the_cues_show_makes_sense(text: str) -> None:
    """
    A counsellor never sees an empty word as the reason: cues show a phrase as typed.
    """
    shown = [each.words for each in heard(text).evidence if each.rule == "cues"]
    assert shown
    for words in shown:
        assert words in text
        assert 1 < len(words.split()) <= 4
        assert words.split()[0].casefold() not in {"nje", "një", "me", "the", "a", "and", "dhe"}


@pytest.mark.parametrize("place", [0, 700, 1500, 2400, 3100])
@pytest.mark.parametrize(
    "text", ["babai më rreh me rrip çdo natë", "i want to kill myself tonight"]
)
def test_no_part_of_the_longest_text_is_skipped(place: int, text: str) -> None:
    """
    In 20,000 characters a single telling is found wherever it stands.
    """
    filler = ["sot", "ishte", "ditë", "e", "bukur", "dhe", "luajtëm", "futboll"] * 420
    words = [*filler[:place], text, *filler[place:]]
    assert heard(" ".join(words)).severity in GRAVE


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("babi do me vrase me thike", Severity.EMERGENCY),
        ("babi do te na vrase", Severity.DISCLOSURE),
        ("nuk dua te zgjohem me", Severity.DISCLOSURE),
        ("kam frike te kthehem ne shtepi", Severity.CONCERN),
        ("po i ben keq mamit babi", Severity.CONCERN),
        ("I am afraid to go home", Severity.CONCERN),
        ("someone is following me", Severity.CONCERN),
    ],
)
def test_what_a_player_found_unheard_is_heard(text: str, least: Severity) -> None:
    """
    U1: short sentences on fear at home and on dying are met at least with a soft question.
    """
    assert heard(text).severity >= least


@pytest.mark.parametrize(
    "text",
    [
        "mami do me vrase per noten",
        "kam frike nga merimangat ne shtepi",
        "mami do me vrase nese vonohem haha",
    ],
)
def test_a_manner_of_speaking_is_no_telling(text: str) -> None:
    """
    A mother who “will kill me” for a mark opens nothing.
    """
    assert heard(text).severity is Severity.NONE
