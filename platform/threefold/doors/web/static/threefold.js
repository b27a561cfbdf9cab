// Marks that scripts run, and starts the design system's components. Every page works without this.
const frontend = document.body.dataset.frontend;
if (frontend) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  const { initAll } = await import(frontend);
  initAll();
}
