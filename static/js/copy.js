// Copies a question or the address of the page with one tap. The buttons are hidden in the HTML
// and appear only where copying works; an empty data-copy stands for the page's address.
(() => {
  const REFUSED = "No se pudo copiar: el navegador no dio permiso";
  const buttons = document.querySelectorAll("[data-copy]");
  if (!navigator.clipboard) {
    buttons.forEach((button) => button.remove());
    return;
  }
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.body.append(status);
  let said;

  async function copy(text, copied) {
    try {
      await navigator.clipboard.writeText(text);
      return copied;
    } catch {
      return REFUSED;
    }
  }

  function equip(button) {
    const words = button.textContent;
    let shown;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.dataset.copy || location.href.split("#")[0];
      status.textContent = button.textContent = await copy(text, button.dataset.copied);
      clearTimeout(shown);
      clearTimeout(said);
      shown = setTimeout(() => (button.textContent = words), 2000);
      said = setTimeout(() => (status.textContent = ""), 2000);
    });
  }

  buttons.forEach(equip);
})();
