import type { TaskDetail } from '../page-api.ts';
import { element } from './element.ts';

/** `[Chorus]` and the like are no words to sing. */
const drawLine = (line: string) =>
  element('span', { class: /^\s*\[.*\]\s*$/.test(line) ? 'part' : 'sung', dir: 'auto' }, `${line}\n`);

/** Takes that are sung to the same words share them. */
export function drawLyrics({ lyrics, takes }: TaskDetail): HTMLElement[] {
  const texts = Map.groupBy(Object.entries(lyrics), ([, text]) => text);
  return Array.from(texts, ([text, of]) => {
    const numbers = of.map(([trackId]) => takes.findIndex((take) => take.trackId === trackId) + 1);
    const whose = texts.size > 1 && numbers[0] ? ` of take ${numbers.join(' and ')}` : '';
    return element(
      'section',
      { class: 'lyrics', 'data-id': `lyrics ${of.map(([trackId]) => trackId).join(' ')}` },
      element('h3', {}, `Lyrics${whose}`),
      element('p', { class: 'song' }, ...text.split(/\r?\n/).map(drawLine)),
    );
  });
}
