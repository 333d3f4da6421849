import type { JudgedUrl } from '../../domain/source-url.ts';

/** A GET as text, for a connection of our own. The values must hold no control characters; those of URLs never do. */
export function straightRequest({ url }: JudgedUrl, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...headers, host: url.host }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
