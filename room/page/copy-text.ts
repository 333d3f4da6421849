// Copies a text; where the browser does not let the page, it shows the text selected.
import { part } from './element.ts';

export async function copyText(text: string): Promise<'copied' | 'shown'> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    const field = part('text-to-copy', HTMLInputElement);
    field.value = text;
    part('copy-by-hand', HTMLDialogElement).showModal();
    field.focus();
    field.select();
    return 'shown';
  }
}
