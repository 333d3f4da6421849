import { expect, test } from 'vitest';
import { noFilter, readPlace, writePlace } from '../../../room/page/place.ts';

const library = { view: 'library', taskId: '', filter: noFilter };

test.each([
  ['', library],
  ['#/', library],
  ['#/nowhere', library],
  ['#/task/', library],
  ['#/task/%E0%A4%A', library],
  ['#/attention', { ...library, view: 'attention' }],
  ['#/task/a%2Fb', { ...library, view: 'task', taskId: 'a/b' }],
  ['#/?q=two+words&kind=video', { ...library, filter: { q: 'two words', status: '', kind: 'video' } }],
  ['#/task/x?status=failed', { view: 'task', taskId: 'x', filter: { ...noFilter, status: 'failed' } }],
])('%s leads to its place', (hash, place) => {
  expect(readPlace(hash)).toEqual(place);
});

test.each([
  { view: 'library', taskId: '', filter: { q: 'a&b=c?#/ü', status: 'archived', kind: '' } },
  { view: 'task', taskId: 'a?b#c/d %', filter: { q: '?', status: '', kind: 'wav' } },
  { view: 'attention', taskId: '', filter: noFilter },
] as const)('a place is read back as it was written', (place) => {
  expect(readPlace(writePlace(place))).toEqual(place);
});
