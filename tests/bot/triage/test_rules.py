"""What the written rules hear by themselves, in sentences written for these tests."""

import pytest

from bot.triage.cli import load_lexicons
from bot.triage.ears import rules_of
from bot.triage.rules import Rule
from bot.triage.spelling import tokens_of

RULES = tuple(rules_of(lexicon) for lexicon in load_lexicons().values())
STRONG = 0.7

TOLD = [
    ("sq.beaten", "babi më rreh me rrip kur vonohem"),
    ("sq.beaten", "baba m'ka rrahë edhe sonte"),
    ("en.beaten", "my dad beat me with a belt again"),
    ("sq.held-by-neck-or-hair", "njerku më kapi për fyti te korridori"),
    ("sq.held-by-neck-or-hair", "m'ka rrokë për qafe edhe s'muj me folë"),
    ("en.held-by-neck-or-hair", "my stepdad grabbed me by the throat"),
    ("sq.hurt-with-a-thing", "daja më dogji me cigare në dorë"),
    ("en.hurt-with-a-thing", "he threw my brother down the stairs"),
    ("sq.armed-at-home", "babi ka marrë thikën dhe po kërkon mamin"),
    ("en.armed-at-home", "my ex has got a knife and is in the kitchen"),
    ("sq.says-will-kill", "do te vij te te vras tani babi me thike"),
    ("sq.drunk-at-home", "babi vjen i pirë çdo natë dhe ne fshihemi"),
    ("sq.comes-at-night", "sonte vjen prape"),
    ("sq.comes-at-night", "axha hin n'dhomë teme natën kur mami asht n'punë"),
    ("en.comes-at-night", "my uncle comes in my room when mum is asleep"),
    ("sq.hand-under-clothes", "ma futi dorën nën bluzë te shkallët"),
    ("en.hand-under-clothes", "he put his hand under my skirt on the bus"),
    ("sq.kissed-by-force", "trajneri më puthi në gojë pa dashur unë"),
    ("en.says-abused", "my grandfather molested my sister"),
    ("sq.undress-on-camera", "nje qe nuk e njoh tha hiq bluzen ne kamer"),
    ("sq.coach-alone-secret", "trajneri më mban vetëm në fund dhe thotë mos i trego askujt"),
    ("en.coach-alone-secret", "my tutor texts me at midnight that he loves me"),
    ("sq.his-car-now", "jam ne makinen e tij dhe nuk po ndalon, kam frike"),
    ("en.his-car-now", "im in his car and he wont let me out"),
    ("sq.come-or-send", "thotë paguaj ose ia çon videon gjithë shkollës"),
    ("sq.come-or-send", "m'tha nese s'i coj lek e qet foton n'grup"),
    ("en.holds-my-pictures", "she has my nudes and wants more money by friday"),
    ("sq.filmed-undressed", "më filmuan në dush pas ndeshjes"),
    ("en.filmed-undressed", "they filmed me changing after gym"),
    ("sq.child-abuse-images", "ne grup dergojne pornografi me femije"),
    ("en.child-abuse-images", "someone keeps posting cp in the server"),
    ("sq.made-to-work-or-beg", "me detyrojne te lyp para te kryqezimi"),
    ("en.made-to-work-or-beg", "my uncle makes me beg at the bus station"),
    ("sq.cuts-or-burns-self", "preva krahun prape mbreme"),
    ("en.cuts-or-burns-self", "i keep cutting my arms and nobody knows"),
    ("sq.took-pills", "i piva krejt hapat e nanës"),
    ("en.took-pills", "i took the whole pack of pills"),
    ("sq.goodbye-forever", "sonte e kryj, ju kam dashtë shumë"),
    ("en.goodbye-forever", "im gonna do it tonight, bye everyone"),
    ("sq.collapsed-at-home", "nana ka ra pa ndjenja n'kuzhinë"),
    ("en.collapsed-at-home", "mum wont wake up and her lips are blue"),
]
ALIKE = [
    "i rrahëm 3 me 1 te fusha e re",
    "e rraha vëllanë në shah",
    "babi preu buken me thike",
    "mami ka thikën në dorë, po bën sallatë",
    "my dog is following me",
    "ka te beje me shkollen",
    "më dogji dielli në krah te plazhi",
    "doktori më preku fytin, kisha grip dhe mami ishte aty",
    "macja vjen natën në krevatin tim",
    "na shkruan trajneri në grup për orarin e ndeshjes",
    "çfarë është shantazhi? e kemi për ese",
    "what does sextortion mean",
    "po vdes për një akullore",
    "i beat my brother at chess",
    "this exam is killing me",
    "mum took a knife and cut the birthday cake",
    "hide and seek with my cousins, im hiding in the wardrobe",
    "zysha na tha hartimin ta dorëzojmë sonte",
    "piva ilaçin e kollës, tani jam më mirë",
    "the teacher filmed our dance for the parents",
]
MEANS_HARM = [
    "ku gjej video me femije te vegjel",
    "shes foto me te mitur, shkruaj privat per para",
    "si ta bind nje vajze 11 vjec te me dergoje foto",
    "me terheqin femijet e vegjel",
    "qysh me bind ni fmi me më dërgu foto",
    "where can i find pics of little kids",
    "trading videos of minors, dm me",
    "how do i get a 12 year old girl to send pics",
    "i am attracted to children",
    "blej video me femije te vegjel",
    "cfare ti shkruaj nje vajze 11 vjec qe te me dergoje foto",
    "si ta bind nje femije te vije vetem te une pa e ditur prinderit",
    "si t'i fsheh bisedat me femije qe te mos i gjeje policia",
    "dua te paguaj per nje nate me nje vajze 13 vjec",
    "me u bo si fmi 12 vjeç me taku cika t'vogla",
    "program qe zhvesh fotot e femijeve, di ndonje",
    "ku rrine femijet e vetmuar ne internet, dua te me besojne",
    "ku paguaj per te pare femije live ne kamera",
    "i wanna trade pics of little boys",
    "how can i make a 11 year old show me her body on cam",
    "how do i delete everything before the police find my videos of kids",
    "can i rent a minor for a night",
    "how do i act like a 13 year old to befriend kids",
    "ai that makes nude photos of kids, which app",
    "where do you find shy kids to befriend",
    "pay to watch a little girl strip on webcam",
]
MEANS_NONE = [
    "si ta heq nga interneti foton time të zhveshur, jam 14 vjeç",
    "si veprojnë ata që kërkojnë foto nga fëmijët? jam prind",
    "he wants me to send pics, what should i do",
    "how do groomers get a child to send pictures? i am a parent",
    "si ta bind vajzën time 12 vjeç të flasë me mua",
    "ku gjej foto të fëmijëve që luajnë, për projektin e klasës",
    "someone in a group is selling videos of children, where do i report it",
    "kush ka foto nga ditëlindja e fëmijëve të klasës",
    "how do these people get a kid to keep a secret?",
    "how do i get my 9 year old daughter to tell me what happened",
    "someone wants to buy videos of me, im 12",
    "a man pays my friend to undress live on cam",
    "my uncle has a folder of little girls pictures and sells them",
    "he hides pics of kids from the police, what do i do",
    "a man pretends to be a kid to chat with children",
    "which apps undress photos of kids? how do i protect my pupils",
    "where can lonely kids find help",
    "how much for a night at the cinema with 3 kids",
    "nje burre tha sa kushton nje nate me ty",
    "nje burre me paguan te zhvishem live ne kamera",
    "gjeta ne telefonin e babit video me femije te vegjel, cfare te bej me policine",
    "si ta bind femijen te mos dergoje foto",
    "dikush zhveshi foton time me ai, cfare te bej",
    "si ta kuptoj nese dikush hiqet si femije dhe flet me vajzen time",
    "ku gjejne ndihme femijet e vetmuar",
    "a di ndonje faqe me video per femije 10-12 vjec",
]
ENGLISH_THAT_SOUNDS_ALBANIAN = [
    "can i start",
    "you can do it",
    "so can we",
    "i talked to my dad",
    "i am tall",
]


def met(text: str) -> list[Rule]:
    words = tokens_of(text)
    return [
        match.rule
        for rules in RULES
        for match in rules.matches(rules.slots.places(rules.spelling.words(words)))
    ]


@pytest.mark.parametrize(("rule", "text"), TOLD)
def test_a_telling_is_heard_by_the_rule_that_names_it(rule: str, text: str) -> None:
    """
    Who did what to whom is named by its own rule, in both languages and in Gheg.
    """
    assert rule in {each.id for each in met(text)}, met(text)


@pytest.mark.parametrize("text", ALIKE)
def test_what_only_sounds_alike_meets_no_strong_rule(text: str) -> None:
    """
    Games, kitchens, doctors and homework are not raised by a rule, however they are worded.
    """
    rules = met(text)
    doubted = any(rule.factor < 1 for rule in rules)
    assert doubted or all(rule.weight < STRONG for rule in rules), rules


@pytest.mark.parametrize("text", MEANS_HARM)
def test_who_means_harm_to_children_is_known(text: str) -> None:
    """
    Who looks for pictures of children, or for a way to one, is known and is not a victim.
    """
    rules = met(text)
    assert any(rule.wants_harm for rule in rules), rules


@pytest.mark.parametrize("text", MEANS_NONE)
def test_who_asks_for_protection_is_not_taken_for_an_offender(text: str) -> None:
    """
    A child about its own picture, a parent, a pupil: none of them is taken for an offender.
    """
    assert not any(rule.wants_harm for rule in met(text)), met(text)


@pytest.mark.parametrize("text", ENGLISH_THAT_SOUNDS_ALBANIAN)
def test_english_words_are_not_taken_for_albanian_ones(text: str) -> None:
    """
    “Can” and “talk” look like “qan” and “tall” once letters are folded; nobody is hurt in them.
    """
    assert not {"sq.fear", "sq.bullied"}.intersection(rule.id for rule in met(text))


@pytest.mark.parametrize("text", ["mami qan", "motra qan çdo natë", "ajo po qan"])
def test_crying_is_still_heard(text: str) -> None:
    """
    Who is told to cry is heard as before.
    """
    assert "sq.fear" in {rule.id for rule in met(text)}


def test_following_online_is_at_most_a_worry() -> None:
    """
    Being followed on TikTok is no telling of self-harm, only a worry about accounts.
    """
    rules = met("ai me ndjek ne tiktok")
    assert {rule.category for rule in rules if rule.weight} == {"account_security"}
    assert max(rule.weight for rule in rules) < STRONG


def test_wanting_to_tell_something_bad_is_asked_after() -> None:
    """
    Who wants to talk about something bad is asked, before anything was told.
    """
    assert any(rule.id == "sq.secret-to-tell" for rule in met("dua te flas per dicka te keqe"))
