// Passkeys: asks this site what is to be signed, has the device sign it, and sends the form. The server checks everything.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const keys = (found) => (found ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function made(options) {
  const key = await navigator.credentials.create({ publicKey: {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: keys(options.excludeCredentials),
  } });
  const { clientDataJSON, attestationObject } = key.response;
  return { id: key.id, rawId: text(key.rawId), type: key.type, response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } };
}

async function signed(options) {
  const key = await navigator.credentials.get({ publicKey: {
    ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials),
  } });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return { id: key.id, rawId: text(key.rawId), type: key.type, response: {
    clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle ? text(userHandle) : null,
  } };
}

// A passkey belongs to a site's name: where there is only a number, none can be made or used.
const named = !/^[\d.:[\]]+$/.test(location.hostname);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !named) break;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem.textContent = "";
    try {
      const answer = await fetch(form.dataset.ask, { method: "POST", body: new URLSearchParams({ csrf_token: form.elements.csrf_token.value }) });
      if (!answer.ok) throw new Error("not asked");
      const { asked, options } = await answer.json();
      form.elements.asked.value = asked;
      form.elements.answer_of_passkey.value = JSON.stringify(await (form.dataset.passkey === "create" ? made(options) : signed(options)));
      form.submit();
    } catch {
      problem.textContent = "Your device did not use a passkey. Try again, or use another way.";
    }
  });
}
