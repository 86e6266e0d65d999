/** Every element that matches, in the element's own tree and in those of the components inside it. */
export function deepQueryAll(element, selector) {
  const root = element.shadowRoot;
  if (!root) return [];
  return [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll('*')].flatMap((inner) => deepQueryAll(inner, selector)),
  ];
}

/** The first of them, or null. */
export const deepQuery = (element, selector) => deepQueryAll(element, selector)[0] ?? null;
