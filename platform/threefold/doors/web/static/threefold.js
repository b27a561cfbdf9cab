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

// No browser puts back what was typed when it fetches a page anew: it would stand on top of what others saved since (decision 0039).
// So whoever leaves with a text that they changed and did not send is asked first. A draft's form keeps what is typed, see below.
const writing = [...document.querySelectorAll("form:not([data-keep]) textarea")];
let sending = false;
addEventListener("submit", (event) => {
  if (event.defaultPrevented || !writing.some((text) => text.form === event.target)) return;
  sending = true;
  setTimeout(() => { sending = false; }, 3000); // it did not get away, and the page is still here
});
addEventListener("beforeunload", (event) => {
  if (!sending && writing.some((text) => text.value !== text.defaultValue)) event.preventDefault();
});

// What is typed into a draft's form and not saved is kept in this browser, so that a closed window loses nothing. It is offered
// again on the same page, to the same person, with what of the draft they had seen: so that they are asked where somebody else
// changed the same meanwhile. Each opening of a page keeps its own: what is typed in another window, or beside an offer that
// nobody took yet, takes nothing of it away. It is gone once it was saved, thrown away or signed out of, when another person's
// page is shown here, and after two weeks. Forms about cases are not among these.
const PREFIX = "threefold-typed:", SENT = "threefold-sent", WHOSE = "threefold-whose";
const KEPT_FOR = 14 * 24 * 60 * 60 * 1000;
const person = document.body.dataset.person;
const boxes = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "file", "submit", "button"].includes(e.type));
const typed = (form) => boxes(form).map((e) => [e.name, e.type === "radio" || e.type === "checkbox" ? `${e.value}:${e.checked}` : e.value]);
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
const isWritten = ([name, value]) => !name.startsWith("keep:") && !/:(true|false)$/.test(value) && /\p{L}/u.test(value);
const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && Array.isArray(kept.typed) && Date.now() - kept.at < KEPT_FOR ? kept : null;
  } catch {
    return null;
  }
}

function write(key, kept) {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch { /* the browser keeps no more, or nothing at all: the page works without it */ }
}

// Returns what was sent last from this window and is not known to be saved.
function sweep() {
  const mine = `${PREFIX}${person}:`, loaded = performance.getEntriesByType("navigation")[0];
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  // The page after a save that came through is one that the answer to it led to, and it says what was done. Anything else may be
  // the way back from a network that was gone.
  if (sent && loaded?.redirectCount && new URLSearchParams(location.search).has("done")) localStorage.removeItem(sent);
  for (const key of keys()) if ((person && !key.startsWith(mine)) || !read(key)) localStorage.removeItem(key);
  return sent;
}
const sentLast = sweep();

// Each box of the page with what was kept for it, and what was kept and has no box on this page any more.
const ticked = (box) => ["radio", "checkbox"].includes(box.type);
function paired(form, kept) {
  const waiting = [...kept.typed], pairs = [];
  for (const box of boxes(form)) {
    const at = waiting.findIndex(([name, value]) => name === box.name && (!ticked(box) || value.startsWith(`${box.value}:`)));
    if (at >= 0) pairs.push([box, waiting.splice(at, 1)[0][1]]);
  }
  return [pairs, waiting];
}

// What was chosen or counted otherwise than it stands on the page, in the words of the page: for an offer that has no words of one's own.
function answered(form, kept) {
  const said = [];
  for (const [box, value] of paired(form, kept)[0]) {
    const label = box.labels?.[0]?.textContent.trim() ?? "";
    if (ticked(box)) {
      if (value.endsWith(":true") && !box.checked) said.push(label);
      else if (box.type === "checkbox" && box.checked && !value.endsWith(":true")) said.push(`not ${label}`);
    } else if (box.value !== value) {
      const option = box.tagName === "SELECT" ? [...box.options].find((one) => one.value === value)?.textContent.trim() : value;
      said.push(`${label}: ${option || "nothing"}`);
    }
  }
  return said.join("; ");
}

// Returns what was written and has no box on this page any more.
function bringBack(form, kept) {
  const [pairs, waiting] = paired(form, kept);
  if (form.elements.seen_no && kept.seen) form.elements.seen_no.value = kept.seen;
  for (const [box, value] of pairs) {
    if (ticked(box)) box.checked = value.endsWith(":true");
    else box.value = value;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  return waiting.filter(isWritten);
}

// What a person wrote themselves: no choice from a list, and nothing that stood there when the page was opened. With what it answers.
const ownWords = (kept, written) => written.filter(([name]) => !kept.words || name in kept.words);

function toCopy(sentence, written, thrown, labels = {}) {
  const notice = document.createElement("div"), said = document.createElement("p"), away = document.createElement("button");
  notice.setAttribute("role", "status");
  said.className = "govuk-body";
  said.textContent = `${sentence} Copy what you still need.`;
  notice.append(said);
  for (const [name, text] of written) {
    const shown = document.createElement("div"), asked = document.createElement("p");
    asked.className = "govuk-body govuk-!-font-weight-bold govuk-!-margin-bottom-1";
    asked.textContent = labels[name] ?? "";
    if (asked.textContent) notice.append(asked);
    shown.className = "govuk-inset-text threefold-as-typed";
    shown.textContent = text;
    notice.append(shown);
  }
  away.type = "button";
  away.className = "govuk-button govuk-button--secondary";
  away.textContent = "Throw it away";
  away.addEventListener("click", () => { thrown(); notice.remove(); });
  notice.append(away);
  return notice;
}

function offer(at, form, kept, words, taken, thrown) {
  const notice = document.createElement("div");
  notice.className = "govuk-inset-text";
  notice.setAttribute("role", "status");
  const said = document.createElement("p");
  said.className = "govuk-body";
  said.id = `kept-${kept.at}`;
  const when = new Date(kept.at).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
  said.textContent = `You typed something here on ${when} and did not save it${words ? `: “${words}”` : "."}`;
  notice.append(said);
  const group = document.createElement("div");
  group.className = "govuk-button-group govuk-!-margin-bottom-0";
  notice.append(group);
  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "govuk-button govuk-button--secondary";
    made.textContent = words;
    made.setAttribute("aria-describedby", said.id);
    made.addEventListener("click", () => { act(); notice.remove(); boxes(form)[0]?.focus(); });
    group.append(made);
  };
  button("Bring it back", taken);
  button("Throw it away", thrown);
  at.append(notice);
}

// Where several were kept, the newest is offered and the others stand folded away behind it.
function shelf(form, others) {
  const place = document.createElement("div"), more = document.createElement("details"), called = document.createElement("summary");
  form.before(place);
  called.className = "govuk-details__summary";
  called.textContent = others === 1 ? "1 more that you did not save" : `${others} more that you did not save`;
  more.className = "govuk-details";
  more.append(called);
  return (no) => {
    if (no === 1) place.append(more);
    return no ? more : place;
  };
}

// Whose words this browser keeps now. Nobody's after a sign-out in any window, which the windows that stay open find here.
if (person) write(WHOSE, person);
const isMine = () => localStorage.getItem(WHOSE) === JSON.stringify(person);
const place = `${PREFIX}${person}:${location.pathname}`;
const there = () => keys().filter((key) => key === place || key.startsWith(`${place}#`));

// A page whose line is not in its draft any more has no form to bring anything back into: the words are shown, to be copied. So are
// those of every page of a draft that is changed no more ("below"), on its own page: the others lead there.
for (const spot of person ? document.querySelectorAll("[data-kept]") : []) {
  const of = spot.dataset.kept === "below" ? keys().filter((key) => key.startsWith(`${place}/`)) : there();
  for (const key of of) {
    const kept = read(key), written = ownWords(kept, kept.typed.filter(isWritten)), page = kept.page;
    const where = spot.dataset.kept === "below" && page ? `on the page “${page}”` : "here";
    if (written.length) spot.append(toCopy(`You typed this ${where} before and did not save it.`, written, () => localStorage.removeItem(key), kept.words));
  }
}

for (const form of person ? document.querySelectorAll("form[data-keep]") : []) {
  const another = () => `${place}#${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  const refused = form.dataset.keep === "typed"; // it shows what was typed, and was not saved
  const atFirst = typed(form);
  const texts = () => boxes(form).filter((e) => e.tagName !== "SELECT" && !["radio", "checkbox"].includes(e.type));
  const asItWas = new Map(texts().map((e) => [e.name, e.value]));
  const words = () => Object.fromEntries([
    ...texts().filter((e) => refused || e.value !== asItWas.get(e.name)).map((e) => [e.name, e.labels?.[0]?.textContent.trim() ?? ""]),
    ...closed().map(([name]) => [name, ""]),
  ]);
  let own = (refused && there().find((key) => key === sentLast || alike(read(key)?.typed, atFirst))) || another();
  // Where two answers stand to be chosen between, the box of one's own is closed: what was typed into it is kept all the same.
  const asked = refused ? read(own) : null;
  const closed = () => {
    const shown = new Set(boxes(form).map((box) => box.name));
    return (asked?.typed ?? []).filter(([name]) => !shown.has(name));
  };
  const keep = () => {
    if (!isMine()) return;
    const now = typed(form);
    if (!refused && alike(now, atFirst)) localStorage.removeItem(own); // it is as it was
    else write(own, { at: Date.now(), seen: closed().length ? asked.seen : form.elements.seen_no?.value, typed: [...now, ...closed()], page: document.querySelector("h1")?.textContent.trim(), words: words() });
  };
  if (refused) keep();
  // A box that is not asked now is not sent, so that a page which shows again what was sent has no more of it than that.
  const unasked = new Set(boxes(form).filter((box) => box.disabled).map((box) => box.name));
  const asAsked = (kept, all) => all.filter(([name]) => !unasked.has(name) || name in (kept.words ?? {}));
  const isThere = (kept) => alike(asAsked(kept, kept.typed), asAsked(kept, atFirst));
  for (const key of there()) if (key !== own && isThere(read(key))) localStorage.removeItem(key);
  const offered = there().filter((key) => key !== own).sort((one, other) => read(other).at - read(one).at);
  const stand = offered.length ? shelf(form, offered.length - 1) : null;
  offered.forEach((key, no) => {
    const kept = read(key), written = ownWords(kept, kept.typed).find((one) => isWritten(one) && !atFirst.some((shown) => alike(shown, one)));
    const all = written ? written[1].trim() : answered(form, kept), most = written ? 80 : 200;
    const words = all.slice(0, most) + (all.length > most ? "…" : "");
    offer(stand(no), form, kept, words, () => {
      // What was typed here before it was brought back stays as it is, and is offered the next time. What is brought back is of this
      // window from now on: the one that it was typed in may be open still.
      const homeless = ownWords(kept, bringBack(form, kept));
      own = another();
      keep();
      if (homeless.length) form.before(toCopy("This was typed too, and its question is not asked here any more.", homeless, () => localStorage.removeItem(key), kept.words));
      else localStorage.removeItem(key);
    }, () => localStorage.removeItem(key));
  });
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, own));
}
for (const out of document.querySelectorAll("form[action='/sign-out']")) {
  out.addEventListener("submit", () => {
    for (const key of [...keys(), WHOSE]) localStorage.removeItem(key);
  });
}
