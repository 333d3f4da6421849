// Every cap and timeout in one place, each with the source of its number.
import type { AssetKind } from './record.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

export const limits = {
  /**
   * The largest callback body. MIDI callbacks, the largest, contain all notes; API Gateway accepts 10 MB, Lambda 6
   * MB.
   */
  callbackBytes: 4 * MiB,
  /** SQS's maximum for one message (since August 2025). */
  messageBytes: 1 * MiB,
  /** A link lives 14 days on kie.ai, 14 to 15 on sunoapi.org. */
  linkLifetimeMs: 14 * days,
  /**
   * A later stage's link may not work yet when it is new. After this time without success, links of earlier stages and
   * derived ones are tried as well.
   */
  otherSourcesMs: 1 * hours,
  /** A song takes a minute or two, a video several: after this time without news the provider is polled. */
  overdueMs: 15 * minutes,
  /** An open task is announced as at risk when it has this much time left, and again. */
  riskMs: [72 * hours, 24 * hours],
  /** An asset that every source has refused for this long is announced as at risk. */
  refusedMs: 6 * hours,
  /** Work that the deadline finds in progress, or hindered by our own side, may end this much later. */
  overtimeMs: 24 * hours,
  /** A stored file that is suspect is fetched again after these delays. */
  recheckDelaysMs: [10 * minutes, 1 * hours, 6 * hours, 24 * hours],
  /** How long `retry` tries a task whose deadline has passed. */
  extensionMs: 3 * days,
  /** A provider that does not know a task may only be late; after this time and number of polls it is believed. */
  unknownMs: 1 * hours,
  unknownTimes: 3,
  /** kie.ai's documentation names no tolerance; its clients use this one. */
  signatureAgeMs: 300 * seconds,

  connectMs: 10 * seconds,
  /**
   * The time for one address of a host before the next is tried, IPv6 and IPv4 for example. Node's own 250 ms are less
   * than a lost packet costs, and Node tries no address twice.
   */
  addressAttemptMs: 2_500,
  firstByteMs: 30 * seconds,
  idleMs: 30 * seconds,
  /** Bytes per second over `idleMs`: a slower host counts as stalled. A song of 6 MB takes 6 min at this rate. */
  minimumRate: 16 * 1024,
  redirects: 5,
  headerBytes: 32 * 1024,
  /**
   * Small enough for memory, large enough that 10,000 parts (S3's limit) hold every size below. S3's minimum is 5
   * MiB.
   */
  partBytes: 8 * MiB,
  /** Files up to this many parts are buffered, checked and stored in one request: most songs. */
  partsHeldWhole: 2,
  /** The first bytes of a large file that are read to recognise its type and measure the host's speed. */
  sniffBytes: 1 * MiB,
  /** Files up to this size that are read in one go are compared with the digest that their host sent. */
  digestedBytes: 64 * MiB,
  /** Connections that share one part if the host, not this process, limits the speed. */
  connections: 8,
  /** The smallest range per connection: below it, a request costs more than it gains. */
  minimumRangeBytes: 256 * 1024,
  /** Delays before retries within one invocation, for failures that may pass in seconds. */
  inPlaceDelaysMs: [1 * seconds, 4 * seconds],
  /** While other messages wait, a host gets this long to its first byte, and no retry within the invocation. */
  busyFirstByteMs: 10 * seconds,
  /** Assets of one task that are fetched concurrently: both tracks and their covers. */
  transfersAtOnce: 4,
  /** Attempts stored in the record; older ones are dropped. */
  attemptsKept: 20,
  attemptsPerTask: 2_000,
  sourcesKept: 16,
  /** What a task's record holds at most; the rest stays in the kept callbacks. The largest real task has 24 files. */
  assetsPerTask: 1_000,
  recordBytes: 4 * MiB,

  /** A song has 6 MB, a WAV up to 90 MB for 8 minutes; the rest is room, and a limit on endless bodies. */
  assetBytes: {
    audio: 1 * GiB,
    stem: 1 * GiB,
    wav: 4 * GiB,
    video: 20 * GiB,
    image: 64 * MiB,
    lyrics: 4 * MiB,
  } satisfies Record<AssetKind, number>,
} as const;
