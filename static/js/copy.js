// Copies a question or the address of the page with one tap. The buttons are hidden in the HTML
// and appear only where copying works; an empty data-copy stands for the page's address.
(() => {
  const buttons = document.querySelectorAll("[data-copy]");
  if (!navigator.clipboard) {
    buttons.forEach((button) => button.remove());
    return;
  }
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.body.append(status);

  async function copy(button) {
    const words = button.textContent;
    await navigator.clipboard.writeText(button.dataset.copy || location.href.split("#")[0]);
    status.textContent = button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = words;
      status.textContent = "";
    }, 2000);
  }

  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
})();
