// Every cap and wait in one place, each with where its number comes from.
import type { AssetKind } from './record.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

export const limits = {
  /** A callback's body. MIDI callbacks, the largest, carry all notes; API Gateway takes 10 MB, Lambda 6 MB. */
  callbackBytes: 4 * MiB,
  /** What SQS takes in one message (since August 2025). */
  messageBytes: 1 * MiB,
  /** A link lives 14 days on kie.ai, 14 to 15 on sunoapi.org. */
  linkLifetimeMs: 14 * days,
  /** A new link may answer 403, 404 or nothing at all before it serves. */
  newLinkMs: 1 * hours,
  /** A song takes a minute or two, a video several: who has heard nothing for so long should ask. */
  overdueMs: 15 * minutes,
  /** What is open is announced to be at risk when it has only so long left, and again. */
  riskMs: [72 * hours, 24 * hours],
  /** In the last hours no source is waited for any more: whatever there is is tried, and a last time in the very last. */
  lastChanceMs: 24 * hours,
  lastTryMs: 1 * hours,
  /** A provider that does not know a task may only be late; after this long, and so often, it is believed. */
  unknownMs: 1 * hours,
  unknownTimes: 3,
  /** Fresh links that die again are renewed so often. */
  refreshes: 3,
  /** kie.ai's documentation names no tolerance; its clients use this one. */
  signatureAgeMs: 300 * seconds,

  connectMs: 10 * seconds,
  firstByteMs: 30 * seconds,
  idleMs: 30 * seconds,
  /** Bytes a second, over a whole `idleMs`: slower hosts are as good as silent. A song of 6 MB takes 6 min at it. */
  minimumRate: 16 * 1024,
  redirects: 5,
  headerBytes: 32 * 1024,
  /** Small enough for memory, large enough that 10,000 parts (S3's limit) hold every size below. S3 takes 5 MiB and more. */
  partBytes: 8 * MiB,
  /** Files up to so many parts are held, checked and written whole: most songs, in one request to either side. */
  partsHeldWhole: 2,
  /** Of a large file, enough to know what it is, and how fast its host. */
  sniffBytes: 1 * MiB,
  /** Connections that share the work of one part, where the host, and not this process, sets the pace. */
  lanes: 8,
  /** A lane's least piece: below it, a request costs more than it wins. */
  laneBytes: 256 * 1024,
  /** A failure that may be gone in seconds is tried again after these, in the same invocation. */
  inPlaceDelaysMs: [1 * seconds, 4 * seconds],
  /** Assets of one task that are fetched at once: both tracks and their covers. */
  transfersAtOnce: 4,
  /** Kept in the record; older attempts are dropped. */
  attemptsKept: 20,
  sourcesKept: 16,

  /** A song is 6 MB, a WAV up to 90 MB for 8 minutes; the rest is room, and an end to endless bodies. */
  assetBytes: {
    audio: 1 * GiB,
    stem: 1 * GiB,
    wav: 4 * GiB,
    video: 20 * GiB,
    image: 64 * MiB,
    lyrics: 4 * MiB,
  } satisfies Record<AssetKind, number>,
} as const;
