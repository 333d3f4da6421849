// What stands in place of an empty list: what to do.
import { element } from './element.ts';
import type { Listing } from './listing.ts';
import { isFiltered } from './place.ts';

export function nothingHere({ filter, isWhole }: Listing): HTMLElement {
  if (!isWhole) {
    return element('div', { class: 'nothing so-far' }, element('h2', {}, 'Looking into the bucket …'));
  }
  if (isFiltered(filter)) {
    return element(
      'div',
      { class: 'nothing' },
      element('h2', {}, 'Nothing matches'),
      element('p', {}, 'Words are looked for in titles, tags, lyrics, task ids and labels; all of them must be there.'),
      element('button', { type: 'button', 'data-do': 'clear-filter' }, 'Show everything'),
    );
  }
  return element(
    'div',
    { class: 'nothing' },
    element('h2', {}, 'No music yet'),
    element('p', {}, 'Songs appear here when their callback arrives. Your callback URL is printed by'),
    element('pre', {}, 'npm run --silent url    # of the stack on AWS\nnpm start               # on this machine'),
    element('p', {}, 'Or try it with a stand-in provider:'),
    element('pre', {}, 'npm run demo -- --browse'),
  );
}
