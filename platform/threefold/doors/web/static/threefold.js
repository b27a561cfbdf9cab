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
    const asked = `input[name="${CSS.escape(name)}"]`; // hidden where the answer stands to be chosen above
    part.hidden = document.querySelector(`${asked}:checked, ${asked}[type=hidden]`)?.value !== value;
    for (const box of part.querySelectorAll("input, select, textarea")) box.disabled = part.hidden;
  }
}
if (shownWith.length) {
  showChosen();
  document.addEventListener("change", showChosen);
  addEventListener("pageshow", showChosen);
}

// What is typed into a draft's form and not saved is kept in this browser, so that a closed window loses nothing. It is offered
// again on the same page, to the same person, with what of the draft they had seen: so that they are asked where somebody else
// changed the same meanwhile. It is gone once it was saved, thrown away or signed out of, when another person's page is shown
// here, and after two weeks. Forms about cases are not among these.
const PREFIX = "threefold-typed:", SENT = "threefold-sent", OUT = "threefold-signed-out";
const LATER = "#later"; // what is typed while something older still waits to be brought back or thrown away
const KEPT_FOR = 14 * 24 * 60 * 60 * 1000;
const person = document.body.dataset.person;
const boxes = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "file", "submit", "button"].includes(e.type));
const typed = (form) => boxes(form).map((e) => [e.name, e.type === "radio" || e.type === "checkbox" ? `${e.value}:${e.checked}` : e.value]);
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && Array.isArray(kept.typed) && Date.now() - kept.at < KEPT_FOR ? kept : null;
  } catch {
    return null;
  }
}

function sweep() {
  const mine = `${PREFIX}${person}:`, loaded = performance.getEntriesByType("navigation")[0];
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  // The page after a save that came through is one that the answer to it led to, and it says what was done. Anything else may be
  // the way back from a network that was gone.
  if (sent && loaded?.redirectCount && new URLSearchParams(location.search).has("done")) localStorage.removeItem(sent);
  for (const key of keys()) if ((person && !key.startsWith(mine)) || !read(key)) localStorage.removeItem(key);
}
sweep();

function bringBack(form, kept) {
  const waiting = [...kept.typed];
  if (form.elements.seen_no && kept.seen) form.elements.seen_no.value = kept.seen;
  for (const box of boxes(form)) {
    const at = waiting.findIndex(([name, value]) => name === box.name && (!["radio", "checkbox"].includes(box.type) || value.startsWith(`${box.value}:`)));
    if (at < 0) continue;
    const [[, value]] = waiting.splice(at, 1);
    if (["radio", "checkbox"].includes(box.type)) box.checked = value.endsWith(":true");
    else box.value = value;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function offer(form, key, kept, decided) {
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
  button("Bring it back", () => { decided(); bringBack(form, kept); });
  button("Throw it away", () => { localStorage.removeItem(key); decided(); });
  form.before(notice);
}

let signedOut = false; // in another tab of this browser
addEventListener("storage", (event) => { if (event.key === OUT && event.newValue) signedOut = true; });
for (const form of person ? document.querySelectorAll("form[data-keep]") : []) {
  const key = `${PREFIX}${person}:${location.pathname}`;
  let undecided = false;
  const own = () => (undecided ? key + LATER : key);
  // Where two answers stand to be chosen between, the box of one's own is closed: what was typed into it is kept all the same.
  const asked = form.dataset.keep === "typed" && !read(key)?.later ? read(key) : null;
  const closed = () => {
    const shown = new Set(boxes(form).map((box) => box.name));
    return (asked?.typed ?? []).filter(([name]) => !shown.has(name));
  };
  const keep = () => signedOut || localStorage.setItem(own(), JSON.stringify({
    at: Date.now(), seen: closed().length ? asked.seen : form.elements.seen_no?.value, typed: [...typed(form), ...closed()],
  }));
  const later = read(key + LATER);
  if (later && !read(key)) {
    localStorage.setItem(key, JSON.stringify(later));
    localStorage.removeItem(key + LATER);
  }
  const kept = read(key);
  if (form.dataset.keep === "typed") keep(); // it was refused, and shows what was typed
  else if (kept && JSON.stringify(kept.typed) === JSON.stringify(typed(form))) localStorage.removeItem(key);
  else if (kept) {
    undecided = true;
    offer(form, key, kept, () => { undecided = false; });
  }
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, own()));
}
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const key of keys()) localStorage.removeItem(key);
  localStorage.setItem(OUT, String(Date.now()));
  localStorage.removeItem(OUT);
});
