// Says what has happened: on the page, and to those who listen to it.
import { part } from './element.ts';

const said = part('said', HTMLElement);

/** Long enough to be read twice. */
const shownForMs = 8000;
let leaving = 0;

export function say(words: string): void {
  clearTimeout(leaving);
  said.textContent = words;
  leaving = window.setTimeout(() => {
    said.textContent = '';
  }, shownForMs);
}
