// F16–F41 from end to end: the transfer and the real source with a host that misbehaves. Whatever it does, the
// library has the complete file or nothing, no upload is left, and no connection stays open.
import { describe, expect, test } from 'vitest';
import { watchConnectionAttempts } from '../../../doubles/connection-attempts.ts';
import { message, page, picture, song, unrecognizedFile } from '../../../doubles/sample-files.ts';
import { generatedFile } from '../../../doubles/served-file.ts';
import { schemes, setUpSource } from '../../adapters/source/source-setup.ts';
import { codeOf, engineBench, key } from './engine-setup.ts';

/** Buffered completely, and in parts. The rows of a table hold for both, unless they name one. */
const sizes = [
  ['that is held whole', 100_000],
  ['that comes in parts', 1_000],
] as const;
const file = song(10_450);
const files = {
  'song.mp3': file,
  'page.mp3': page,
  'message.mp3': message,
  'unrecognized.mp3': unrecognizedFile(10_400),
  'picture.jpeg': picture(1_000_000),
};

/** Rows that succeed: the host is unusual, not wrong, or wrong only at first. */
const sound: readonly [string, string][] = [
  ['F21: five redirects', '/hops/song.mp3?n=5'],
  ['F25: a 206 that nobody asked for and that is whole', '/whole-unasked/song.mp3'],
  ['F26: half of what it promised, once', '/cut/song.mp3?times=1'],
  ['F28: no length', '/chunked/song.mp3'],
  ['F28: no length and no chunks', '/until-close/song.mp3'],
  ['F29: half of its chunks, once', '/chunked-cut/song.mp3?times=1'],
  ['F30: gzip', '/gzip/song.mp3'],
  ['F30: gzip twice', '/gzip-twice/song.mp3'],
  ['F30: gzip in ranges', '/encoded-range/song.mp3'],
  ['F30: a name that is no encoding', '/only-says-encoded/song.mp3?says=aws-chunked'],
  ['F30: the name of an encoding that it does not have', '/only-says-encoded/song.mp3?says=gzip'],
  ['F31: nothing at all, once', '/mute/song.mp3?times=1'],
  ['F31: nothing more at 99 %, once', '/stall/song.mp3?times=1&at=0.99'],
  ['F36: 502, twice', '/status/song.mp3?times=2&code=502'],
  ['F37: 403 to all but one name', '/only-for/song.mp3?agent=curl'],
  ['F37: 403 for a range request', '/not-in-ranges/song.mp3'],
  ['F39: another file after the first answers', '/replaced/song.mp3?after=1&times=1'],
  ['F40: no ranges', '/no-ranges/song.mp3'],
  ['F40: 416 to every range', '/refuses-ranges/song.mp3'],
  ['F40: a version that may be another tomorrow', '/weak-etag/song.mp3'],
  ['F40: no version', '/no-etag/song.mp3'],
  ['F40: ranges with a wrong start', '/wrong-start/song.mp3'],
  ['F40: ranges of a file without end', '/no-total/song.mp3'],
];

/** Rows that end with a code. */
const wrong: readonly [string, string, string][] = [
  ['F20: a redirect to a private address', '/redirect/song.mp3?to=https://10.0.0.1/song.mp3', 'refused_address'],
  ['F20: a redirect to http', '/redirect/song.mp3?to=http://media.example/song.mp3', 'refused_url'],
  ['F20: a redirect to a file', '/redirect/song.mp3?to=file:///etc/passwd', 'refused_url'],
  ['F20: a redirect to data', '/redirect/song.mp3?to=data:audio/mpeg;base64,SUQz', 'refused_url'],
  ['F21: redirects without end', '/hops/song.mp3?n=20', 'too_many_redirects'],
  ['F21: a redirect to nowhere', '/redirect/song.mp3', 'unexpected_status'],
  ['F24: a page', '/whole/page.mp3', 'not_media'],
  ['F24: a message', '/whole/message.mp3', 'not_media'],
  ['F25: 200 and nothing', '/empty/song.mp3', 'empty'],
  ['F25: 204', '/status/song.mp3?code=204', 'unexpected_status'],
  ['F25: half in a 206 that nobody asked for', '/half-unasked/song.mp3', 'unexpected_status'],
  ['F26: half of what it promises, always', '/cut/song.mp3', 'cut'],
  ['F27: half, and says that this is all', '/sends-more/song.mp3', 'broken_media'],
  ['F28: half, and no length', '/until-close-cut/song.mp3', 'broken_media'],
  ['F29: half of its chunks, always', '/chunked-cut/song.mp3', 'cut'],
  ['F30: gzip that ends too early', '/gzip-cut/song.mp3', 'cut'],
  ['F31: nothing at all', '/mute/song.mp3', 'first_byte_timeout'],
  ['F31: nothing more after the first half', '/stall/song.mp3', 'idle_timeout'],
  ['F31: a byte now and then', '/drip/song.mp3', 'too_slow'],
  ['F35: 403', '/status/song.mp3?code=403', 'forbidden'],
  ['F35: 404', '/status/song.mp3?code=404', 'not_found'],
  ['F35: 410', '/status/song.mp3?code=410', 'not_found'],
  ['F36: 429', '/status/song.mp3?code=429', 'throttled'],
  ['F36: 503', '/status/song.mp3?code=503', 'throttled'],
  ['F36: 500, always', '/status/song.mp3?code=500', 'server_error'],
];

describe.each(schemes)('over %s', (scheme) => {
  describe.each(sizes)('a file %s', (_size, partBytes) => {
    test.each(sound)('%s: is stored whole', async (_row, path) => {
      const { bench, server } = await open({ scheme, partBytes });

      expect(await codeOf(bench.invoke({ link: server.url(path) }))).toBe('stored');

      expect(bench.stored()).toEqual(file);
      expect(bench.bucket.keys()).toEqual([key]);
      expect(bench.bucket.openUploads()).toEqual([]);
      await server.allGone();
    });

    test.each(wrong)('%s: is not to be seen, and nothing is left', async (_row, path, code) => {
      const { bench, server } = await open({ scheme, partBytes });

      expect(await codeOf(bench.invoke({ link: server.url(path) }))).toBe(code);

      expect(bench.bucket.keys()).toEqual([]);
      // Parts that arrived in ranges may wait for the next attempt; the record has them.
      expect(bench.bucket.openUploads()).toHaveLength(bench.record.asset.progress === null ? 0 : 1);
      await server.allGone();
    });

    test('F34: bytes that no one knows are kept in quarantine, whole', async () => {
      const { bench, server } = await open({ scheme, partBytes });

      expect(await codeOf(bench.invoke({ link: server.url('/whole/unrecognized.mp3') }))).toBe('quarantined');

      const [kept = ''] = bench.bucket.keys();
      expect(kept).toMatch(/^quarantine\//);
      expect(bench.bucket.objects.get(kept)?.bytes).toEqual(files['unrecognized.mp3']);
      expect(bench.bucket.openUploads()).toEqual([]);
    });
  });

  test('F32: a body without end, or that becomes too large when decoded, is left at the limit of its kind', async () => {
    const { bench, server } = await open({ scheme, partBytes: 8 * 1024 ** 2 });
    bench.record.asset = { ...bench.record.asset, kind: 'image' };

    expect(await codeOf(bench.invoke({ link: server.url('/endless/picture.jpeg') }))).toBe('too_large');
    bench.record.asset = { ...bench.record.asset, kind: 'lyrics' };
    expect(await codeOf(bench.invoke({ link: server.url('/gzip-bomb/song.mp3') }))).toBe('too_large');

    expect(bench.bucket.keys()).toEqual([]);
    expect(bench.bucket.openUploads()).toEqual([]);
    await server.allGone();
  });
});

test.each(schemes)(
  'over %s, a WAV of 40 MB whose host ignores If-Range is stored in one invocation',
  async (scheme) => {
    const { bench, server } = await open({ scheme, partBytes: 8 * 1024 ** 2 });

    expect(await codeOf(bench.invoke({ link: server.url('/ignores-versions/generated-40000000.wav') }))).toBe('stored');

    const [stored] = bench.bucket.objects.values();
    const file = Buffer.concat([...(generatedFile('generated-40000000.wav')?.pieces(0, 40_000_000) ?? [])]);
    expect(stored?.bytes.equals(file)).toBe(true);
    expect(server.ranges().at(-1)).toBeUndefined();
    await server.allGone();
  },
);

test.each([1, 2, 3])('a WAV of 40 MB whose host accepts %i connections is stored in one attempt', async (most) => {
  const { bench, server } = await open({ scheme: 'http', partBytes: 8 * 1024 ** 2, idleShare: 0.9 });
  const link = server.url(`/few-connections/generated-40000000.wav?most=${most}`);

  expect(await codeOf(bench.invoke({ link }))).toBe('stored');

  expect(bench.pauses).toEqual([]);
  await server.allGone();
});

test.each([
  ['F16: a literal address', 'https://127.0.0.1/song.mp3'],
  ['F16: its decimal spelling', 'https://2130706433/song.mp3'],
  ['F16: the metadata of a cloud', 'http://169.254.169.254/latest/meta-data/'],
  ['F16: IPv6 that hides it', 'https://[::ffff:127.0.0.1]/song.mp3'],
  ['F22: a user name before it', 'https://cdn1.suno.ai@127.0.0.1/song.mp3'],
  ['F22: another port', 'https://cdn1.suno.ai:22/song.mp3'],
])('P6: %s is refused before anything is connected to', async (_row, link) => {
  const attempts = watchConnectionAttempts();
  const { bench } = await open({ scheme: 'https', partBytes: 1_000 });

  expect(await codeOf(bench.invoke({ link }))).toMatch(/^refused_/);

  expect(attempts()).toEqual([]);
  expect(bench.pauses).toEqual([]);
});

test.each(['self-signed', 'expired'] as const)(
  'F38: a certificate that is %s is never accepted',
  async (certificate) => {
    const { bench, server } = await open({ scheme: 'https', partBytes: 1_000, certificate });

    expect(await codeOf(bench.invoke({ link: server.url('/whole/song.mp3') }))).toBe('tls_failed');

    expect(server.paths()).toEqual([]);
    expect(bench.bucket.keys()).toEqual([]);
  },
);

type Opened = {
  scheme: (typeof schemes)[number];
  partBytes: number;
  certificate?: 'self-signed' | 'expired';
  idleShare?: number;
};

async function open({ partBytes, idleShare = 0, ...options }: Opened) {
  // Short, because these rows hang on purpose. A slow machine only makes them longer.
  const limits = { firstByteMs: 250, idleMs: 250, minimumRate: 1_200 };
  const { source, server } = await setUpSource({ ...options, limits, files });
  return { bench: engineBench({ source, partBytes, idleShare }), server };
}
