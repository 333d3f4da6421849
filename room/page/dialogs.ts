// The two dialogs of index.html: the list of keys, and a text to copy by hand.
import { byId } from './by-id.ts';
import { announce } from './state.ts';

export const showKeys = () => byId('keys', HTMLDialogElement).showModal();

/** Copies to the clipboard. If the browser forbids it, a dialog shows the text, selected. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied ${what}.`);
  } catch {
    const field = byId('text-to-copy', HTMLInputElement);
    field.value = text;
    byId('copy-by-hand', HTMLDialogElement).showModal();
    field.focus();
    field.select();
    announce(`The browser does not let the page copy: ${what} is selected.`);
  }
}
