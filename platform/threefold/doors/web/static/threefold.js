// Marks that scripts run, and starts the design system's components. Every page works without this.
const frontend = document.body.dataset.frontend;
if (frontend) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  const { initAll } = await import(frontend);
  initAll();
}

// How far a long piece of work is, kept up to date where it stands: the page is not loaded anew, so that whoever reads it keeps
// their place. That it has ended is said once; what came of it is read when the reader asks.
const LOOK_AGAIN = 3000;
const run = document.getElementById("run");

async function lookAtRun() {
  let answer;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  } catch {
    setTimeout(lookAtRun, LOOK_AGAIN); // no way to the server at the moment
    return;
  }
  if (!answer.ok || answer.redirected) return; // signed out, or asked too often: the link is there
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("run");
  if (now) {
    run.value = Number(now.getAttribute("value"));
    run.max = Number(now.getAttribute("max"));
    run.labels[0].textContent = now.labels[0].textContent;
    setTimeout(lookAtRun, LOOK_AGAIN);
    return;
  }
  const look = document.getElementById("run-look"), stop = document.getElementById("run-stop");
  run.parentElement.setAttribute("hidden", ""); // how far it was says nothing now: it may have been stopped
  look.parentElement.querySelector("[role=status]").textContent = look.dataset.ended;
  look.textContent = look.dataset.read;
  if (stop?.contains(document.activeElement)) look.focus();
  stop?.setAttribute("hidden", "");
}
if (run) setTimeout(lookAtRun, LOOK_AGAIN);

// Questions that belong to one answer of another question are shown with it. What is hidden is not sent: the answer says what
// is meant, and what was typed under another one is still there if somebody goes back to it.
const shownWith = document.querySelectorAll("[data-shown-with]");
function showChosen() {
  for (const part of shownWith) {
    const [name, value] = part.dataset.shownWith.split(":");
    part.hidden = document.querySelector(`input[name="${CSS.escape(name)}"]:checked`)?.value !== value;
    for (const box of part.querySelectorAll("input, select, textarea")) box.disabled = part.hidden;
  }
}
if (shownWith.length) {
  showChosen();
  document.addEventListener("change", showChosen);
  addEventListener("pageshow", showChosen);
}

// What is typed into a draft's form and not sent is kept in this browser, so that a closed window loses nothing. It is
// offered again on the same page as it stood; sent, thrown away or signed out, it is gone.
const PREFIX = "threefold-typed:";
const boxes = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "file", "submit", "button"].includes(e.type));
const typed = (form) => boxes(form).map((e) => [e.name, e.type === "radio" || e.type === "checkbox" ? `${e.value}:${e.checked}` : e.value]);

function bringBack(form, kept) {
  const waiting = [...kept];
  for (const box of boxes(form)) {
    const at = waiting.findIndex(([name, value]) => name === box.name && (!["radio", "checkbox"].includes(box.type) || value.startsWith(`${box.value}:`)));
    if (at < 0) continue;
    const [[, value]] = waiting.splice(at, 1);
    if (["radio", "checkbox"].includes(box.type)) box.checked = value.endsWith(":true");
    else box.value = value;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function offer(form, key, kept) {
  const notice = document.createElement("div");
  notice.className = "govuk-inset-text";
  notice.setAttribute("role", "status");
  const said = document.createElement("p");
  said.className = "govuk-body";
  said.textContent = "You typed something here before and did not save it.";
  notice.append(said);
  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "govuk-button govuk-button--secondary govuk-!-margin-right-3 govuk-!-margin-bottom-0";
    made.textContent = words;
    made.addEventListener("click", () => { act(); notice.remove(); boxes(form)[0]?.focus(); });
    notice.append(made);
  };
  button("Bring it back", () => bringBack(form, kept));
  button("Throw it away", () => localStorage.removeItem(key));
  form.before(notice);
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const key = `${PREFIX}${location.pathname}:${form.dataset.keep}`;
  const before = JSON.stringify(typed(form));
  const kept = localStorage.getItem(key);
  if (kept && kept !== before) offer(form, key, JSON.parse(kept));
  form.addEventListener("input", () => localStorage.setItem(key, JSON.stringify(typed(form))));
  form.addEventListener("submit", () => localStorage.removeItem(key));
}
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
});
