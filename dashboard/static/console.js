// Puts GraphiQL on its page. Every request goes through the session, as the pages' own do; nothing is stored.
(() => {
  const place = document.getElementById("console");
  // GraphiQL's menus write a style element: by this name they find the number that our content policy asks of it.
  globalThis.__webpack_nonce__ = place.dataset.nonce;

  const forgetful = () => {
    const kept = new Map();
    return {
      get length() { return kept.size; },
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => { kept.set(key, value); },
      removeItem: (key) => { kept.delete(key); },
      clear: () => { kept.clear(); },
    };
  };
  const fetcher = async (wish) => {
    const answer = await fetch("/graphql", {
      method: "POST",
      headers: {
        "Accept": "application/graphql-response+json, application/json",
        "Content-Type": "application/json",
        "Maillage-Form": place.dataset.form,
      },
      body: JSON.stringify(wish),
    });
    return answer.json();
  };
  // What GraphiQL leaves out for who uses a keyboard or a screen reader.
  const names = { ".graphiql-query-editor": "Query", ".result-window": "Answer", ".graphiql-editor-tool": "Variables and headers" };
  const complete = () => {
    for (const [part, name] of Object.entries(names)) {
      for (const field of place.querySelectorAll(`${part} .CodeMirror textarea:not([aria-label])`)) field.ariaLabel = name;
    }
    for (const region of place.querySelectorAll(".CodeMirror-scroll[tabindex='-1']")) region.tabIndex = 0;
    // A tab that holds a button is told twice: the button alone is enough.
    for (const tab of place.querySelectorAll("[role=tab]")) { tab.setAttribute("role", "presentation"); tab.removeAttribute("aria-selected"); }
    for (const list of place.querySelectorAll("[role=tablist]")) list.setAttribute("role", "group");
  };
  new MutationObserver(complete).observe(place, { childList: true, subtree: true });
  const question = "# Ctrl-Entrée envoie. Le schéma ne contient que ce que votre rôle peut voir.\nquery Moi {\n  viewer {\n    organisation\n    audience\n    purpose\n    scopes\n  }\n}\n";
  ReactDOM.createRoot(place).render(
    React.createElement(GraphiQL, { fetcher, storage: forgetful(), defaultQuery: question, forcedTheme: "light" }),
  );
})();
