import { styleText } from 'node:util';

export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'cyan', text: string) => string;

export const unpainted: Paint = (_style, text) => text;

/** Whether colours are wanted is decided by who chooses this, once. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });
