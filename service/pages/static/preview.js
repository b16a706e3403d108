// "Preview" shows the text in place, drawn by the server's own renderer. Where that fails the form is sent as it is
// without scripts, and the server answers with the whole page.

async function render(body) {
  const answer = await fetch("/api/v1/preview", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ body }),
  });
  if (!answer.ok) throw new Error(`preview answered ${answer.status}`);
  return (await answer.json()).body_html;
}

async function show(form, button) {
  const section = form.querySelector("[data-preview]");
  try {
    section.querySelector("[data-rendered]").innerHTML = await render(form.elements.body.value);
    section.hidden = false;
    section.scrollIntoView({ block: "nearest" });
    form.querySelector("[data-status]").textContent = "The preview is below.";
  } catch {
    button.dataset.plain = "yes";
    form.requestSubmit(button);
  }
}

export function showPreviews() {
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.value !== "preview" || button.dataset.plain) return;
    event.preventDefault();
    show(event.target, button);
  });
}
