// Improves pages that work without it. Nothing is stored: what a bad line interrupts stays in the open form.
(() => {
  // Leave at once: Escape pressed three times, or the link, without a way back.
  let pressed = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const now = Date.now();
    pressed = [...pressed.filter((at) => now - at < 1500), now];
    if (pressed.length >= 3) location.replace("/quitter");
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.leave");
    if (!link) return;
    event.preventDefault();
    location.replace(link.href);
  });

  // Where there is room, what a small screen shows part by part stands open.
  if (matchMedia("(min-width: 56.01rem)").matches) {
    for (const part of document.querySelectorAll("details[data-wide]")) part.open = true;
  }

  // A form whose answer never came is kept as it is, and sent again by itself when the line is back: the form's own key
  // makes it one act, whether the first sending arrived or not.
  const waiting = new Set();
  const said = (form, words) => {
    let place = form.querySelector(".line");
    if (!place) {
      place = document.createElement("p");
      place.className = "line notice warm";
      place.setAttribute("role", "status");
      form.prepend(place);
    }
    place.textContent = words;
  };
  const wait = (form) => {
    waiting.add(form);
    said(form, "Pas de réseau. Rien n’est perdu : gardez cette page ouverte, l’envoi se fera dès le retour de la ligne.");
  };
  // What is saved while it is written is saved in its place again: a page that loads would take what stands in the other forms.
  const again = (form) => {
    if (!form.isConnected) return;
    if (form.dataset.hxTrigger) form.dispatchEvent(new Event("change"));
    else form.requestSubmit();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wait(form);
  }, true);
  // A line that was cut in the middle: nobody knows whether the act was done, and its key makes it safe to ask again.
  const AGAIN = [2000, 5000, 15000];
  document.addEventListener("htmx:error", (event) => {
    const form = event.target.closest?.("form[method=post]");
    if (!form) return;
    if (!navigator.onLine) {
      wait(form);
      return;
    }
    const tried = Number(form.dataset.tried ?? 0);
    form.dataset.tried = tried + 1;
    if (tried >= AGAIN.length) {
      said(form, "La ligne ne tient pas. Rien n’est perdu : gardez cette page ouverte, puis renvoyez ; l’acte ne sera fait qu’une fois.");
      return;
    }
    said(form, "La ligne a été coupée. Rien n’est perdu : nouvel envoi dans un instant ; l’acte ne sera fait qu’une fois.");
    setTimeout(() => again(form), AGAIN[tried]);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.("form[method=post]");
    form?.querySelector(".line")?.remove();
    delete form?.dataset.tried;
  });
  addEventListener("online", () => {
    for (const form of waiting) {
      waiting.delete(form);
      if (!form.isConnected) continue;
      said(form, "Le réseau est revenu : envoi…");
      again(form);
    }
  });
})();
