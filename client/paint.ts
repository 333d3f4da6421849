import { styleText } from 'node:util';

export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'cyan', text: string) => string;

export const unpainted: Paint = (_style, text) => text;

/** Always colours: the caller decides whether to use it. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });
