import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { resourceOf, synthesized } from './synthesized.ts';

const template = synthesized({ 'trackkeeper:stackName': 'Second' });
const idsOf = (type: string, of: Template = template) => Object.keys(of.findResources(type));

const body = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
const widgetsSchema = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      x: z.number(),
      y: z.number(),
      width: z.number(),
      properties: z.looseObject({ title: z.string().optional(), markdown: z.string().optional() }),
    }),
  ),
});

/** What CloudFormation fills in later stands here as `<logical id>`. */
function widgets() {
  const { Properties } = resourceOf(template, 'AWS::CloudWatch::Dashboard', 'Dashboard');
  const [, pieces] = body.parse(Properties.DashboardBody)['Fn::Join'];
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : JSON.stringify(piece).replace(/\W+/g, '~')));
  return widgetsSchema.parse(JSON.parse(text.join(''))).widgets;
}
const shown = widgets();
const titled = (title: RegExp) => JSON.stringify(shown.filter(({ properties }) => title.test(properties.title ?? '')));

test('the dashboard begins with the question, how to read the answer, and the answer', () => {
  const [text, alarms] = [...shown].sort((one, other) => one.y - other.y || one.x - other.x);

  expect(text?.properties.markdown).toContain('Is all my music safe?');
  expect(text?.properties.markdown).toContain('docs/runbook.md');
  expect(alarms?.type).toBe('alarm');
});

test('the answer has all alarms', () => {
  const [widget] = shown.filter(({ type }) => type === 'alarm');
  const asked = JSON.stringify(widget?.properties.alarms);

  expect(idsOf('AWS::CloudWatch::Alarm').length).toBeGreaterThan(10);
  expect(idsOf('AWS::CloudWatch::Alarm').filter((id) => !asked.includes(id))).toEqual([]);
});

test('single figures tell the nearest deadline, the open tasks, what was set aside and what was quarantined', () => {
  const figures = shown.filter(({ properties }) => properties.view === 'singleValue').map((one) => JSON.stringify(one));

  expect(figures).toEqual([
    expect.stringMatching(/"HoursToDeadline","service","Second".*"stat":"Minimum"/),
    expect.stringMatching(/"OpenTasks","service","Second"/),
    expect.stringMatching(/"ApproximateNumberOfMessagesVisible","QueueName","~Fn~GetAtt~DeadLetterQueue/),
    expect.stringMatching(/"Transfers","service","Second","verdict","quarantined"/),
  ]);
});

test.each([
  [
    /by kind/,
    `SEARCH('{Trackkeeper,service,kind,stage} MetricName=\\\\"Callbacks\\\\" service=\\\\"Second\\\\"', 'Sum', 3600)`,
  ],
  [
    /by verdict/,
    `SEARCH('{Trackkeeper,service,verdict} MetricName=\\\\"Transfers\\\\" service=\\\\"Second\\\\"', 'Sum', 3600)`,
  ],
  [
    /^Bytes/,
    `SEARCH('{Trackkeeper,service,verdict} MetricName=\\\\"Bytes\\\\" service=\\\\"Second\\\\"', 'Sum', 3600)`,
  ],
  [
    /provider waits/,
    `SEARCH('{Trackkeeper,service,outcome} MetricName=\\\\"AckTime\\\\" service=\\\\"Second\\\\"', 'p99', 300)`,
  ],
])('%s shows what no one has heard of yet as well, and of this stack alone', (title, search) => {
  expect(titled(title)).toContain(search.replaceAll('\\\\', '\\'));
});

test('every function is there with its crashes and its time', () => {
  for (const title of [/Crashes/, /Duration/, /Throttled/]) {
    for (const name of ['Receiver', 'Archiver', 'Sweeper']) expect(titled(title)).toContain(`~Ref~${name}`);
  }
});

test('the rows are as wide as the page', () => {
  const rows = [...Map.groupBy(shown, ({ y }) => y).values()];

  expect(rows.map((row) => row.reduce((sum, { width }) => sum + width, 0))).toEqual(rows.map(() => 24));
});

test('the dashboard can be left out, for the fourth one of an account costs', () => {
  expect(idsOf('AWS::CloudWatch::Dashboard', synthesized({ 'trackkeeper:dashboard': false }))).toEqual([]);
});
