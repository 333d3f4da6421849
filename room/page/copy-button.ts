import { element } from './element.ts';

/** `what` is said when it has been copied. */
export const copyButton = (text: string, what: string, label = 'Copy') =>
  element(
    'button',
    {
      type: 'button',
      class: 'copy',
      'data-do': 'copy',
      'data-text': text,
      'data-what': what,
      'aria-label': `Copy ${what}`,
    },
    label,
  );
