// Passkeys: asks the browser for one and puts its answer into the form. Without it, the
// other ways in stand on the page.

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !navigator.credentials) break;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}

async function ask(form) {
  const button = form.querySelector("button");
  const fault = form.querySelector("[data-fault]");
  fault.hidden = true;
  button.disabled = true;
  try {
    const options = await optionsOf(form);
    if (options) form.elements.answer.value = JSON.stringify(await answer(form, options));
    form.submit(); // without options the server says why
  } catch {
    fault.hidden = false; // closed, too late, or no passkey here: the browser does not say which
    button.disabled = false;
    button.focus();
  }
}

async function optionsOf(form) {
  const body = new URLSearchParams({ form_token: form.elements.form_token.value });
  const response = await fetch(form.dataset.options, { method: "POST", body, headers: { "X-Live": "1" } });
  return response.ok ? response.json() : null;
}

async function answer(form, options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    publicKey[list] = (options[list] ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  }
  if (form.dataset.passkey === "show") return shown(await navigator.credentials.get({ publicKey }));
  publicKey.user = { ...options.user, id: bytes(options.user.id) };
  return made(await navigator.credentials.create({ publicKey }));
}

function made(credential) {
  const { attestationObject, clientDataJSON } = credential.response;
  return { ...named(credential), response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) } };
}

function shown(credential) {
  const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response;
  const response = { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature) };
  if (userHandle) response.userHandle = text(userHandle);
  return { ...named(credential), response };
}

function named(credential) {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type };
}

// Bytes are written as base64url, without the signs at the end.
function bytes(written) {
  const plain = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
