"""Passkeys: how one is made, kept and recognised.

A passkey shows two factors at once (the device that has it, and the finger, face or PIN that
unlocks it there), so it opens the console alone. Browsers give it to our own host only.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import encode_cbor, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from api.audit.service import record
from api.crypto import Vault
from api.errors import Refusal
from api.rights.parts import Site
from api.staff.tables import StaffPasskey
from api.times import from_ms, to_ms

LONGEST_NAME = 40
MOST = 20
_TIMEOUT = 5 * 60 * 1000  # as long as a challenge counts
_WANTED = UserVerificationRequirement.REQUIRED
# What the library raises on bytes that nobody's authenticator made.
_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, OverflowError)


class PasskeyRefused(Refusal):
    status, type, title = 422, "passkey-refused", "The passkey was not accepted"


class PasskeyUnknown(Refusal):
    status, type, title = 404, "passkey-unknown", "No such passkey"


class TooManyPasskeys(Refusal):
    status, type, title = 409, "too-many-passkeys", "Remove a passkey first"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner sees it."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


def to_make(
    session: Session,
    vault: Vault,
    site: Site,
    *,
    staff_id: int | None,
    login_key: str,
    login: str,
    name: str,
    challenge: bytes,
) -> str:
    """What the browser needs to make a passkey, as JSON; none twice on one device."""
    selection = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED,
        require_resident_key=True,
        user_verification=_WANTED,
    )
    known = _credentials(session, vault, staff_id) if staff_id is not None else ()
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Sigurt",
        user_id=handle(vault, login_key),
        user_name=login,
        user_display_name=name,
        challenge=challenge,
        timeout=_TIMEOUT,
        authenticator_selection=selection,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=item) for item in known],
    )
    return options_to_json(options)


def to_show(
    session: Session, vault: Vault, site: Site, *, staff_id: int | None, challenge: bytes
) -> str:
    """What the browser needs to ask for a passkey, as JSON; nobody is named at the door."""
    known = _credentials(session, vault, staff_id) if staff_id is not None else ()
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=_TIMEOUT,
        allow_credentials=[PublicKeyCredentialDescriptor(id=item) for item in known],
        user_verification=_WANTED,
    )
    return options_to_json(options)


def made(site: Site, answer: str, *, challenge: bytes | None) -> VerifiedRegistration:
    """What the browser made of ``to_make``; raises ``PasskeyRefused``."""
    if challenge is None:
        raise PasskeyRefused
    try:
        return verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise PasskeyRefused from error


def keep(
    session: Session,
    vault: Vault,
    found: VerifiedRegistration,
    *,
    staff_id: int,
    name: str,
    now: datetime,
) -> Passkey:
    """Store a passkey; raises ``PasskeyRefused`` if somebody has it already."""
    if session.scalar(_of(staff_id).with_only_columns(func.count())) == MOST:
        raise TooManyPasskeys
    if _by_credential(session, found.credential_id) is not None:
        raise PasskeyRefused
    key_id = str(uuid.uuid4())
    seal = vault.row("staff_passkeys", key_id)
    row = StaffPasskey(
        id=key_id,
        staff_id=staff_id,
        credential_hash=_hash(found.credential_id),
        credential=seal.seal("credential", _text(found.credential_id)),
        public_key=seal.seal("public_key", _text(found.credential_public_key)),
        name=seal.seal("name", _shown_name(name)),
        sign_count=found.sign_count,
        created_at=to_ms(now),
    )
    session.add(row)
    session.flush()
    return _passkey(vault, row)


def listed(session: Session, vault: Vault, staff_id: int) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    rows = session.scalars(_of(staff_id).order_by(col(StaffPasskey.created_at)))
    return [_passkey(vault, row) for row in rows]


def has_any(session: Session, staff_id: int) -> bool:
    """Whether this person has a passkey."""
    return session.scalars(_of(staff_id).limit(1)).first() is not None


def remove(session: Session, staff_id: int, key_id: str) -> None:
    """Forget a passkey of this person; raises ``PasskeyUnknown``."""
    row = session.get(StaffPasskey, key_id)
    if row is None or row.staff_id != staff_id:
        raise PasskeyUnknown
    session.delete(row)
    session.flush()


def claimed(session: Session, answer: str) -> tuple[int | None, str]:
    """Whose passkey an answer says it is, and its hash; nothing is proved yet."""
    credential = _read(answer)
    if credential is None:
        return None, ""
    row = _by_credential(session, credential.raw_id)
    return row.staff_id if row else None, _hash(credential.raw_id)


def show(
    session: Session,
    vault: Vault,
    site: Site,
    answer: str,
    *,
    challenge: bytes | None,
    now: datetime,
) -> int | None:
    """Whose passkey answered ``to_show``; None when it proves nothing.

    A key of nobody costs the same work (S16). A key that counts its uses and shows one that
    was counted already has been copied: that opens nothing and is written down.
    """
    credential = _read(answer)
    if credential is None:
        return None
    row = _by_credential(session, credential.raw_id)
    count = _count(site, credential, _key(vault, row), challenge=challenge or _NO_CHALLENGE)
    if row is None or count is None or challenge is None:
        return None
    if (count or row.sign_count) and count <= row.sign_count:
        who = f"staff:{row.staff_id}"
        record(session, vault, who=who, what="staff.passkey_copied", about=row.id, now=now)
        return None
    row.sign_count, row.used_at = count, to_ms(now)
    return row.staff_id


def is_handle_of(vault: Vault, login_key: str, answer: str) -> bool:
    """Whether the passkey names this account as its own, or none."""
    credential = _read(answer)
    named = credential.response.user_handle if credential else b"?"
    return named is None or named == handle(vault, login_key)


def handle(vault: Vault, login_key: str) -> bytes:
    """By what a device knows the account; it tells nothing of the login."""
    return vault.fingerprint(login_key, purpose="staff passkey").encode()


def _read(answer: str) -> AuthenticationCredential | None:
    try:
        return parse_authentication_credential_json(answer)
    except _UNREADABLE:
        return None  # as unknown as a key of somebody else


def _count(
    site: Site, credential: AuthenticationCredential, key: bytes, *, challenge: bytes
) -> int | None:
    """How often the key says it was used, if it signed this challenge for this site."""
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key,
            credential_current_sign_count=0,  # compared by ``show``, which tells a copy apart
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    return verified.new_sign_count


def _key(vault: Vault, row: StaffPasskey | None) -> bytes:
    if row is None:
        return _NOBODY
    return base64.b64decode(vault.row("staff_passkeys", row.id).open("public_key", row.public_key))


def _credentials(session: Session, vault: Vault, staff_id: int) -> Iterable[bytes]:
    for row in session.scalars(_of(staff_id)):
        seal = vault.row("staff_passkeys", row.id)
        yield base64.b64decode(seal.open("credential", row.credential))


def _by_credential(session: Session, credential_id: bytes) -> StaffPasskey | None:
    same = col(StaffPasskey.credential_hash) == _hash(credential_id)
    return session.scalar(select(StaffPasskey).where(same))


def _of(staff_id: int) -> Select[StaffPasskey]:
    return select(StaffPasskey).where(col(StaffPasskey.staff_id) == staff_id)


def _passkey(vault: Vault, row: StaffPasskey) -> Passkey:
    name = vault.row("staff_passkeys", row.id).open("name", row.name)
    used_at = from_ms(row.used_at) if row.used_at is not None else None
    return Passkey(row.id, name, from_ms(row.created_at), used_at)


def _shown_name(name: str) -> str:
    plain = "".join(letter for letter in name if letter.isprintable()).strip()
    return plain[:LONGEST_NAME] or "?"


def _hash(credential_id: bytes) -> str:
    return sha256(credential_id).hexdigest()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _nobodys_key() -> bytes:
    """A key that signs nothing here, as authenticators write keys (COSE, ES256)."""
    point = generate_private_key(SECP256R1()).public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})


_NOBODY = _nobodys_key()
_NO_CHALLENGE = b"no challenge was given"
