// All that the page shows is made here: as attributes and text, never as markup, so that a title stays a title.

type Attribute = string | number | boolean | null;
type Child = Node | string | null | false;

/** `false` and `null` leave an attribute or a child away. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, Attribute>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

export type Icon = 'play' | 'pause' | 'next' | 'previous' | 'close' | 'note';

const svg = 'http://www.w3.org/2000/svg';

/** One of the symbols in index.html. */
export function icon(name: Icon): SVGElement {
  const made = document.createElementNS(svg, 'svg');
  made.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svg, 'use');
  use.setAttribute('href', `#icon-${name}`);
  made.append(use);
  return made;
}

/** Words that came from outside: they keep their own direction, and do not turn that of what stands around them. */
export function words(text: string, name = ''): HTMLElement {
  return element('span', { class: `words ${name}`.trim(), dir: 'auto', title: text }, text);
}

/** @throws where index.html has no such element */
export function part<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`index.html has no ${type.name} #${id}`);
}
