import { expect, test } from 'vitest';
import { readTaskList } from '../../cli/read-task-list.ts';

const one = { provider: 'kie.ai', kind: 'music', taskId: 'one' };

test.each([
  ['columns in any order', 'taskId,kind,provider\none,music,kie.ai\n'],
  ['columns that are none of ours', 'name,provider,kind,note,taskId\nSong,kie.ai,music,"a, ""b""",one\n'],
  ['quoted fields', '"provider","kind","taskId"\n"kie.ai","music","one"\n'],
  ['line breaks in quotes', 'note,provider,kind,taskId\n"two\nlines",kie.ai,music,one'],
  ['a byte order mark', '\ufeffprovider,kind,taskId\nkie.ai,music,one'],
  ['lines that end as on Windows', 'provider,kind,taskId\r\nkie.ai,music,one\r\n'],
  ['lines that end as on old Macs', 'provider,kind,taskId\rkie.ai,music,one\r'],
  ['a quote in a field that is not quoted', 'note,provider,kind,taskId\n12" vinyl,kie.ai,music,one'],
  ['empty cells between tabs', 'note\tname\tprovider\tkind\ttaskId\n\t\tkie.ai\tmusic\tone'],
  ['semicolons', 'provider;kind;taskId\nkie.ai;music;one'],
  ['tabs', 'provider\tkind\ttaskId\nkie.ai\tmusic\tone'],
  ['empty lines', '\n\nprovider,kind,taskId\n\n,,\nkie.ai,music,one\n\n'],
  ['spaces around', ' provider , kind , TaskID \n kie.ai , music , one '],
  ['the same task twice', 'provider,kind,taskId\nkie.ai,music,one\nkie.ai,music,one'],
])('reads a list with %s', (_case, text) => {
  expect(readTaskList(text)).toEqual({ tasks: [one] });
});

test.each([
  ['', 'line 1: the header must name provider, kind, taskId; provider, kind, taskId missing'],
  ['provider,taskId\nkie.ai,one', 'line 1: the header must name provider, kind, taskId; kind missing'],
  [
    'provider,kind,taskId\nkie.ai,music,one\nkie.ai,music\n',
    'line 3: taskId must be the id that the provider gave the task, of up to 512 bytes, and is nothing',
  ],
  ['note,provider,kind,taskId\n"a\nb",suno,music,one', 'line 2: provider must be sunoapi.org or kie.ai, and is "suno"'],
  [
    'provider,kind,taskId\nkie.ai,"music,one\n',
    'line 2: a quote is opened and never closed; quote a field as "text", and a quote inside it as ""',
  ],
  [
    '\ufeffprovider,kind,taskId\r\nkie.ai,"music",one\r\n\r\nkie.ai,"music,two\r\n\r\n',
    'line 4: a quote is opened and never closed; quote a field as "text", and a quote inside it as ""',
  ],
  [
    'provider,kind,taskId\nkie.ai,"mu"sic,one\n',
    'line 2: text follows a closing quote; quote a field as "text", and a quote inside it as ""',
  ],
  [
    'note,provider,kind,taskId\r\n"a\r\nb",kie.ai,music,one\r\nx,suno,music,two',
    'line 4: provider must be sunoapi.org or kie.ai, and is "suno"',
  ],
  [
    `provider,kind,taskId\nkie.ai,music,${'x'.repeat(513)}`,
    `line 2: taskId must be the id that the provider gave the task, of up to 512 bytes, and is "${'x'.repeat(80)}"`,
  ],
])('names the line of what is wrong: %j', (text, problem) => {
  expect(readTaskList(text)).toEqual({ problems: [problem] });
});

test('says only the first ten of many problems, and how many more there are', () => {
  const text = `provider,kind,taskId\n${'suno,music,one\n'.repeat(25)}`;

  const list = readTaskList(text);

  expect('problems' in list && list.problems).toHaveLength(11);
  expect(list).toMatchObject({ problems: expect.arrayContaining(['… and 15 more']) });
});
