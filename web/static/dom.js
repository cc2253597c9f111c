// Builds elements; text goes in as text, never as HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

// The server's own markup, whose words it has escaped: parsed, never run.
export function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}
