import { describe, expect, it } from 'vitest';
import { unpainted } from '../../../client/terminal.ts';
import { closingLines, recordLines, verdictLines } from '../../../local/demo/closing-lines.ts';
import { judgePromises } from '../../../local/demo/promises.ts';
import { goodEvidence } from './evidence.ts';

function shown(broken: readonly string[] = [], { isBrowsing = false } = {}) {
  const evidence = goodEvidence();
  const verdicts = judgePromises(evidence).map((verdict, index) => (index === 0 ? { ...verdict, broken } : verdict));
  const data = '.local/demo-1';
  const folder = `${data}/trackkeeper`;
  const screen = { columns: 100, paint: unpainted };
  return closingLines({ evidence, verdicts, songTaskId: 'song', folder, data, isBrowsing, ...screen });
}

describe('closingLines', () => {
  it('shows the library, the record, the failure with an explanation and every promise', () => {
    const lines = shown();

    expect(lines.filter((line) => /└─|├─/.test(line))).not.toEqual([]);
    expect(lines).toContain('    "status": "archived",');
    expect(lines).toContain('  451: Unable to download related files');
    expect(lines.filter((line) => line.startsWith('  ✓ '))).toHaveLength(9);
    expect(lines).toContain('  Every promise held.');
  });

  it('ends with the folder to open, and the ways to keep it running and to listen to it', () => {
    expect(shown().slice(-5)).toEqual([
      '  Open the bucket    .local/demo-1/trackkeeper',
      '  Keep it running    npm start -- --data .local/demo-1',
      '  and listen to it   npx trackkeeper browse --local .local/demo-1',
      '  The same at once   npm run demo -- --browse',
      '',
    ]);
  });

  it('does not recommend what is done next anyway', () => {
    expect(shown([], { isBrowsing: true }).filter((line) => line.includes('--browse'))).toEqual([]);
  });

  it('says how many promises broke', () => {
    expect(shown(['text of song'])).toContain('  1 of 9 promises broke.');
  });
});

describe('verdictLines', () => {
  it('names below a broken promise all that broke it', () => {
    const verdict = { promise: 'nothing is lost', broken: ['a\nsong', 'a video'] };

    expect(verdictLines(verdict, unpainted)).toEqual(['  ✗ nothing is lost', '      asong', '      a video']);
  });
});

describe('recordLines', () => {
  const [record] = goodEvidence().records;
  if (record === undefined) throw new Error('the evidence has no record');

  it('is JSON with an object to a line', () => {
    const lines = recordLines(record, 200);

    expect(JSON.parse(lines.join('\n'))).toMatchObject({ taskId: 'song', status: 'archived', stages: ['text'] });
    expect(lines.filter((line) => line.includes('"kind": "audio"'))).toHaveLength(2);
  });

  it('keeps every line within the width', () => {
    expect(recordLines({ ...record, folder: 'x'.repeat(500) }, 60).every((line) => line.length <= 60)).toBe(true);
  });
});
