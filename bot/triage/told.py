"""An explanation in words, in Albanian and in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.engine.events import Severity

if TYPE_CHECKING:
    from bot.triage.explain import Explanation, Met

_KINDS = {
    "sq": {
        "sexual_abuse": "abuzim seksual",
        "grooming": "joshje (grooming)",
        "sextortion": "shantazh seksual",
        "image_abuse": "foto e përhapur ose e rreme",
        "csam_seen": "pamje abuzimi që i janë shfaqur",
        "violence": "dhunë",
        "bullying": "bullizëm",
        "self_harm": "vetëlëndim",
        "exploitation": "shfrytëzim",
        "account_security": "llogari në rrezik",
        "other_distress": "shqetësim tjetër",
        "any": "çdo lloj dëmi",
    },
    "en": {
        "sexual_abuse": "sexual abuse",
        "grooming": "grooming",
        "sextortion": "sexual extortion",
        "image_abuse": "image shared or faked",
        "csam_seen": "abuse material seen",
        "violence": "violence",
        "bullying": "bullying",
        "self_harm": "self-harm",
        "exploitation": "exploitation",
        "account_security": "account at risk",
        "other_distress": "other distress",
        "any": "any kind of harm",
    },
}

_SAYS = {
    "sq": {
        "emergency": "EMERGJENCË: {kind}",
        "disclosure": "KA TREGUAR: {kind}",
        "concern": "SHQETËSIM, Sigurti pyet butë: {kind}",
        "none": "PA SHENJA",
        "decided": "Çfarë vendosi: {why}",
        "nothing": "mesazhi nuk ka asnjë fjalë",
        "call": "mesazhi vetëm kërkon diçka (një njeri, menynë, gjuhën), nuk tregon gjë",
        "quotation": "përsërit fjalët e Sigurtit ose kërkon fshehtësi, ndaj Sigurti vetëm pyet",
        "rule": "alarmin e dha vetëm një rregull i fortë, i shkruar nga njerëz",
        "together": "të gjitha shenjat së bashku e kalojnë kufirin",
        "few_words": "e kalon kufirin, por kaq pak fjalë nuk japin alarm pa një rregull",
        "worry": "nuk mjafton për alarm, por mjafton për të pyetur",
        "rule_asks": "një rregull mjafton për të pyetur",
        "harmless": "asgjë nuk e kalon kufirin",
        "part": "Nga teksti i gjatë, kjo pjesë u lexua si më e rënda: “{words}…”",
        "likely": "Gjasat që të tregojë për dëm: {likely}; alarm nga {raised_from}.",
        "worrying": "Gjasat që të jetë të paktën shqetësim: {worrying}; pyetje nga {asked_from}.",
        "urgent": "Gjasat që të jetë urgjent: {urgent}; emergjencë nga {emergency_from}.",
        "rules": "Rregullat që u plotësuan:",
        "no_rules": "Asnjë rregull nuk u plotësua.",
        "met": "  {rule}: “{words}” ({kind}; pesha {weight}, urgjenca {urgency})",
        "lighter": "Çfarë e bën të pasigurt (shaka, lojë, detyrë shkolle):",
        "factor": "  {rule}: “{words}” (gjithçka shumëzohet me {factor})",
        "undone": "Fjalët janë aty, por rregulli nuk vlen:",
        "negation": "  {rule}: “{words}” (para tyre ka një mohim)",
        "exception": "  {rule}: “{words}” (e përjashton një fjalë tjetër)",
        "phrase": "Fjalët që peshuan më shumë te shenjat e mësuara: “{phrase}”",
        "witnesses": "Sa shtoi secili (0: asgjë; +1: pak; +3: shumë; minus: kundër):",
        "each": "  pikënisja {start}; rregullat {rules}; shenjat e mësuara {cues};"
        " dyshimi {lighter}; pak fjalë {few_words}",
        "asked": "  modeli gjuhësor {encoder}; sipas tij: {kind}",
        "sure": "  modeli gjuhësor nuk u pyet: shenjat e tjera ishin të sigurta",
        "elsewhere": "  modeli gjuhësor nuk u pyet për këtë pjesë: të tjerat dukeshin më të rënda",
        "repeats": "U mor si përsëritje e fjalëve të Sigurtit ose si kërkesë për fshehtësi: {yes}.",
        "wants_harm": "Flet si dikush që dëshiron t'u bëjë keq fëmijëve.",
        "yes": "po",
        "no": "jo",
    },
    "en": {
        "emergency": "EMERGENCY: {kind}",
        "disclosure": "DISCLOSURE: {kind}",
        "concern": "CONCERN, Sigurt asks softly: {kind}",
        "none": "NONE",
        "decided": "What decided: {why}",
        "nothing": "the message holds no word",
        "call": "the message only calls for something (a person, the menu, a language)",
        "quotation": "it repeats Sigurt's words or asks for secrecy, so it is only asked about",
        "rule": "a strong rule that people wrote raised it alone",
        "together": "all signs together are beyond the line",
        "few_words": "beyond the line, but so few words are not raised without a rule",
        "worry": "not enough to raise it, but enough to ask",
        "rule_asks": "a rule is enough to ask",
        "harmless": "nothing is beyond the line",
        "part": "Of the long text this part was read as gravest: “{words}…”",
        "likely": "How likely it tells of harm: {likely}; raised from {raised_from}.",
        "worrying": "How likely it is a concern at least: {worrying}; asked from {asked_from}.",
        "urgent": "How likely it is urgent, if raised: {urgent}; emergency from {emergency_from}.",
        "rules": "Rules that were met:",
        "no_rules": "No rule was met.",
        "met": "  {rule}: “{words}” ({kind}; weight {weight}, urgency {urgency})",
        "lighter": "What makes doubtful (a joke, a game, homework):",
        "factor": "  {rule}: “{words}” (everything counts {factor} times)",
        "undone": "The words are there, but the rule does not count:",
        "negation": "  {rule}: “{words}” (a negation stands before them)",
        "exception": "  {rule}: “{words}” (another word makes an exception)",
        "phrase": "The words that weighed most for the learned cues: “{phrase}”",
        "witnesses": "What each added (0: nothing; +1: a little; +3: much; minus: against):",
        "each": "  start {start}; rules {rules}; learned cues {cues};"
        " doubt {lighter}; few words {few_words}",
        "asked": "  encoder {encoder}; it names {kind}",
        "sure": "  encoder not asked: the others were sure",
        "elsewhere": "  encoder not asked about this part: others sounded worse",
        "repeats": "Taken for a repeat of Sigurt's words or a wish for secrecy: {yes}.",
        "wants_harm": "It speaks as somebody who wants to harm children.",
        "yes": "yes",
        "no": "no",
    },
}


def told(found: Explanation, language: str) -> list[str]:
    """Return an explanation as sentences, the reading first."""
    return list(_told(found, _SAYS[language], _KINDS[language]))


def _told(found: Explanation, says: Mapping[str, str], kinds: Mapping[str, str]) -> Iterator[str]:
    reading = found.reading
    yield says[reading.severity.word].format(kind=kinds.get(reading.category, ""))
    yield says["decided"].format(why=says[found.decided])
    if found.said is None:
        return
    if found.part:
        yield says["part"].format(words=found.part)
    yield from _shares(found, says)
    yield from _rules(found, says, kinds)
    if found.phrase:
        yield says["phrase"].format(phrase=found.phrase)
    yield from _witnesses(found, says, kinds)
    yield says["repeats"].format(yes=says["yes" if reading.repeats else "no"])
    if reading.wants_harm:
        yield says["wants_harm"]


def _shares(found: Explanation, says: Mapping[str, str]) -> Iterator[str]:
    yield says["likely"].format(
        likely=_percent(found.likely), raised_from=_percent(found.raised_from)
    )
    yield says["worrying"].format(
        worrying=_percent(found.worrying), asked_from=_percent(found.asked_from)
    )
    if found.reading.severity > Severity.CONCERN:
        yield says["urgent"].format(
            urgent=_percent(found.urgent), emergency_from=_percent(found.emergency_from)
        )


def _rules(found: Explanation, says: Mapping[str, str], kinds: Mapping[str, str]) -> Iterator[str]:
    yield says["rules" if found.rules else "no_rules"]
    for each in found.rules:
        yield says["met"].format(
            **_named(each), kind=kinds[each.category], weight=each.weight, urgency=each.urgency
        )
    if found.lighter:
        yield says["lighter"]
        yield from (says["factor"].format(**_named(e), factor=e.factor) for e in found.lighter)
    if found.undone:
        yield says["undone"]
        yield from (says[e.by].format(rule=e.rule, words=e.words) for e in found.undone)


def _named(met: Met) -> dict[str, str]:
    return {"rule": met.rule, "words": met.words}


def _witnesses(
    found: Explanation, says: Mapping[str, str], kinds: Mapping[str, str]
) -> Iterator[str]:
    said = found.said
    assert said is not None
    yield says["witnesses"]
    yield says["each"].format(
        start=_signed(said.start),
        rules=_signed(said.rules),
        cues=_signed(said.cues),
        lighter=_signed(said.lighter),
        few_words=_signed(said.few_words),
    )
    if said.encoder is None:
        yield says[found.encoder]
    else:
        yield says["asked"].format(encoder=_signed(said.encoder), kind=kinds[found.kind])


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _signed(value: float) -> str:
    shown = f"{value:+.1f}"
    return "0" if shown in ("+0.0", "-0.0") else shown
