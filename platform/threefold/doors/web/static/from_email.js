// A mailed link holds its secret behind #, which is never sent. It is put into the box and taken out of the address; nothing is
// sent until the person sends it. Without this they copy the code from the email.
const form = document.querySelector("form[data-from-email]");
const CODE = /^#([\w-]{40,})/; // longer than the names of places in the page

function take() {
  const found = CODE.exec(location.hash);
  if (!found) return;
  history.replaceState(null, "", location.pathname);
  form.elements.code_of_email.value = found[1];
  const box = form.querySelector("[data-from-email-box]");
  if (box.contains(document.activeElement)) form.querySelector("button").focus();
  box.hidden = !document.querySelector(".govuk-error-summary"); // beside an error it stays: the error leads to it
  const filled = form.querySelector("[data-from-email-filled]");
  filled.textContent = filled.dataset.said;
}

take();
addEventListener("hashchange", take); // the link was opened again where the page is open already
