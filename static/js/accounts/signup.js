// Tells the form in which time zone this browser lives; settings can change it later.
const field = document.querySelector("[data-own-zone]");
if (field && !field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
