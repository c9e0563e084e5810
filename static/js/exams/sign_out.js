// At sign-out this device forgets the answers that the server does not have: the page says so before. A storage that
// does not answer must not keep anybody signed in.

import { openStore } from "./room/store.js";

const PATIENCE_MS = 1500;
const form = document.getElementById("sign-out");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const forgotten = openStore().then((store) => store.clear());
  await Promise.race([forgotten.catch(() => {}), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  form.submit();
});
