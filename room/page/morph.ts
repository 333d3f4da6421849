// Makes what stands in the page equal to what was drawn anew, and leaves alone what is equal already: so focus, selection and
// a video that plays survive a redraw. Children with a `data-id` are told apart by it, others by their place.

const idOf = (node: Node) => (node instanceof HTMLElement ? node.dataset.id : undefined);

function morph(kept: Element, drawn: Element): void {
  morphAttributes(kept, drawn);
  morphChildren(kept, [...drawn.childNodes]);
}

/** A part of the page. Should what has the focus go away, the part has it: the keys go on from there. */
export function redraw(part: HTMLElement, drawn: readonly Node[]): void {
  const hadFocus = part.contains(document.activeElement);
  morphChildren(part, drawn);
  if (hadFocus && !part.contains(document.activeElement)) part.focus({ preventScroll: true });
}

export function morphChildren(kept: Element, drawn: readonly Node[]): void {
  const ids = new Set(drawn.map(idOf));
  for (const child of [...kept.children]) if (idOf(child) !== undefined && !ids.has(idOf(child))) child.remove();
  const byId = new Map([...kept.children].map((child) => [idOf(child), child]));

  let next: ChildNode | null = kept.firstChild;
  for (const node of drawn) {
    const id = idOf(node);
    const same = id === undefined ? next : byId.get(id);
    if (same === undefined || same === null || !isAlike(same, node)) {
      kept.insertBefore(node, next);
    } else {
      if (same === next) next = next.nextSibling;
      else kept.insertBefore(same, next);
      if (same instanceof Element && node instanceof Element) morph(same, node);
      else if (same.nodeValue !== node.nodeValue) same.nodeValue = node.nodeValue;
    }
  }
  while (next !== null) {
    const rest: ChildNode = next;
    next = rest.nextSibling;
    rest.remove();
  }
}

const isAlike = (one: Node, other: Node) => one.nodeName === other.nodeName && idOf(one) === idOf(other);

function morphAttributes(kept: Element, drawn: Element): void {
  for (const { name } of [...kept.attributes]) {
    if (name !== 'style' && !drawn.hasAttribute(name)) kept.removeAttribute(name);
  }
  for (const { name, value } of drawn.attributes) {
    if (name !== 'style' && kept.getAttribute(name) !== value) kept.setAttribute(name, value);
  }
  // The attribute is forbidden by the page's policy; the property is not.
  if (!(kept instanceof HTMLElement && drawn instanceof HTMLElement)) return;
  if (kept.style.cssText !== drawn.style.cssText) kept.style.cssText = drawn.style.cssText;
}
