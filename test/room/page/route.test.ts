import { expect, test } from 'vitest';
import { formatRoute, noFilter, parseRoute } from '../../../room/page/route.ts';

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
])('%s is parsed', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

test.each([
  { view: 'library', taskId: '', filter: { q: 'a&b=c?#/ü', status: 'archived', kind: '' } },
  { view: 'task', taskId: 'a?b#c/d %', filter: { q: '?', status: '', kind: 'wav' } },
  { view: 'attention', taskId: '', filter: noFilter },
] as const)('a formatted route is parsed to the same route', (route) => {
  expect(parseRoute(formatRoute(route))).toEqual(route);
});
