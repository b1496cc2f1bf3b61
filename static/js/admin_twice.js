// Of two clicks on one button the second would be refused for what the first has done, and only its
// answer be seen.
(() => {
  const TWICE = 3000;
  let sent = -TWICE;

  document.addEventListener(
    "submit",
    (event) => {
      const method = event.submitter?.getAttribute("formmethod") ?? event.target.method;
      if (method !== "post" || event.submitter?.formTarget === "_blank") return;
      if (event.timeStamp - sent < TWICE) event.preventDefault();
      else sent = event.timeStamp;
    },
    true,
  );
})();
