/**
 * Makes text from outside safe for a terminal: without control, direction or line-breaking characters, and at most
 * `most` characters long.
 */
export function plainText(text: string, most = 200): string {
  const plain = Array.from(text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ''));
  return plain.length <= most ? plain.join('') : `${plain.slice(0, most - 1).join('')}…`;
}
