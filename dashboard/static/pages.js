// Improves pages that work without it: leave at once with Escape pressed three times.
(() => {
  let pressed = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const now = Date.now();
    pressed = [...pressed.filter((at) => now - at < 1500), now];
    if (pressed.length >= 3) location.replace("/quitter");
  });
  document.querySelectorAll("a.leave").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.replace(link.href);
    }),
  );
})();
