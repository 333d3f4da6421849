// `npm run screenshot`: the picture in README, of the real page on what the demo keeps.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpainted } from '../../client/terminal.ts';
import { runDemo } from '../../local/demo/run-demo.ts';
import { deployLocally } from '../../local/deployment.ts';
import { launchBrowser } from './page/launch-browser.ts';
import { roomOn } from './page/room-on.ts';

const images = join(import.meta.dirname, '../../docs/images');
const quiet = { moves: false, print: () => {}, redraw: () => {} };

await using opened = new AsyncDisposableStack();
const data = await mkdtemp(join(tmpdir(), 'trackkeeper-screenshot-'));
opened.defer(() => rm(data, { recursive: true, force: true }));
await runDemo({ data, isFast: true, limitMs: 60_000, terminal: quiet, paint: unpainted, columns: 100 });
const deployment = await deployLocally({ data, token: 'a-token-of-some-length' });
opened.defer(deployment.close);
const room = await roomOn(data);
opened.defer(room.close);
const browser = await launchBrowser();
opened.defer(() => browser.close());

const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
await page.goto(room.url);
await page.getByRole('button', { name: 'Play take 1 of' }).first().click();
await page.locator('.row:has(.play + .play) .title').click();
await page.locator('#task .lyrics').waitFor();
await page.mouse.move(0, 0);
await page.locator('#elapsed', { hasText: '0:03' }).waitFor();
await mkdir(images, { recursive: true });
await page.screenshot({ path: join(images, 'listening-room.png') });
