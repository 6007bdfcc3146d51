// Passkeys: hands the server's options to the browser and sends back what the device answered.
// Works on a form with data-passkey="create" or "get" and data-options, the options as JSON.
"use strict";
const form = document.querySelector("form[data-passkey]");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const letters = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

const options = () => {
  const said = JSON.parse(form.dataset.options);
  const found = { ...said, challenge: bytes(said.challenge) };
  if (said.user) found.user = { ...said.user, id: bytes(said.user.id) };
  if (said.excludeCredentials) found.excludeCredentials = known(said.excludeCredentials);
  if (said.allowCredentials) found.allowCredentials = known(said.allowCredentials);
  return found;
};

const answer = (credential) => {
  const said = credential.response;
  const response = { clientDataJSON: letters(said.clientDataJSON) };
  if (said.attestationObject) {
    response.attestationObject = letters(said.attestationObject);
    response.transports = said.getTransports ? said.getTransports() : [];
  } else {
    response.authenticatorData = letters(said.authenticatorData);
    response.signature = letters(said.signature);
    response.userHandle = said.userHandle ? letters(said.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: letters(credential.rawId),
    type: credential.type,
    response,
    extensions: JSON.stringify(credential.getClientExtensionResults()),
  };
};

const ask = async () => {
  const alert = form.querySelector("[role=alert]");
  alert.hidden = true;
  try {
    const how = { publicKey: options() };
    const credential = await (form.dataset.passkey === "create" ? navigator.credentials.create(how) : navigator.credentials.get(how));
    form.elements.credential.value = JSON.stringify(answer(credential));
    form.submit();
  } catch {
    alert.hidden = false;
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
ask();
