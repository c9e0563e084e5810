// Building the page. Text goes in as text; only what the server has already cleaned goes in as HTML, and even that
// passes through an inert document first, where anything that could act is taken out again.

const ACTIVE = "script, style, link, meta, base, iframe, object, embed, form, input, button, textarea, select, svg, math, template";

export function fragmentOf(cleanHtml) {
  const parsed = new DOMParser().parseFromString(cleanHtml, "text/html");
  for (const element of parsed.body.querySelectorAll(ACTIVE)) element.remove();
  for (const element of parsed.body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (name.startsWith("on") || name === "style" || /^\s*javascript:/i.test(value)) element.removeAttribute(name);
    }
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...parsed.body.childNodes);
  return fragment;
}

// node("a", { class: "button", href: "#x" }, "Text", child): null attributes and children are left out.
export function node(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// The icons stand in the page as <template id="icon-…">.
export function icon(name) {
  return document.getElementById(`icon-${name}`).content.firstElementChild.cloneNode(true);
}

export function setFlag(element, attribute, on) {
  element.toggleAttribute(attribute, Boolean(on));
}

export function byId(id) {
  return document.getElementById(id);
}
