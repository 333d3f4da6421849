// What the functions weigh, for a cold start reads and compiles all of it. Figures: docs/performance.md.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFunction, type FunctionName } from '../infra/bundle.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

const budgets: { name: FunctionName; budget: string; maxBytes: number }[] = [
  // Room for our own code to grow, and none for a client of the SDK (300 KiB) or the whole of zod (another 70).
  { name: 'receiver', budget: '100 KiB', maxBytes: 100 * KiB },
  { name: 'archiver', budget: '1.3 MiB', maxBytes: 1.3 * MiB },
  // With the SDK's clients; it starts every minute, and no caller waits for it.
  { name: 'sweeper', budget: '700 KiB', maxBytes: 700 * KiB },
  // As the sweeper, no caller waits for it.
  { name: 'forwarder', budget: '700 KiB', maxBytes: 700 * KiB },
];

/** The SDK asks for it only where a request is signed for several regions (SigV4a); we sign none. */
const optional = ['@aws-sdk/signature-v4-crt'];

/** Words of zod's messages in languages that write them in ASCII, as esbuild would else escape them. */
const foreignWords = { it: 'Input non valido', nl: 'Ongeldige invoer', id: 'Input tidak valid' };
const zodLocale = (language: string) =>
  readFileSync(join(import.meta.dirname, `../node_modules/zod/v4/locales/${language}.js`), 'utf8');

test('the words that would give away a foreign locale are those of this zod', () => {
  for (const [language, words] of Object.entries(foreignWords)) expect(zodLocale(language)).toContain(words);
});

describe.each(budgets)('the $name', ({ name, budget, maxBytes }) => {
  const folder = mkdtempSync(join(tmpdir(), `trackkeeper-${name}-`));
  const bundleIn = (subfolder: string) => ({
    bytes: bundleFunction(name, join(folder, subfolder)),
    code: readFileSync(join(folder, subfolder, 'index.js')),
  });
  let bundle: ReturnType<typeof bundleIn>;
  beforeAll(() => {
    bundle = bundleIn('one');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test(`stays below ${budget}`, () => {
    console.log(`${name}: ${(bundle.bytes / KiB).toFixed(0)} KiB of ${budget}`);

    expect(bundle.bytes).toBe(bundle.code.length);
    expect(bundle.bytes).toBeLessThanOrEqual(maxBytes);
  });

  test('has every package inside and needs nothing but Node', () => {
    const required = [...bundle.code.toString().matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);

    expect(required).toContain('node:crypto');
    expect(required.filter((specifier) => !isBuiltin(specifier) && !optional.includes(specifier))).toEqual([]);
  });

  test('speaks English only: the other locales of zod are left out', () => {
    const found = Object.values(foreignWords).filter((words) => bundle.code.includes(words));

    expect(bundle.code.includes('Invalid input')).toBe(true);
    expect(found).toEqual([]);
  });

  test('is the same to the byte each time, so that an unchanged function is not deployed again', () => {
    expect(bundleIn('another').code.equals(bundle.code)).toBe(true);
  });
});
