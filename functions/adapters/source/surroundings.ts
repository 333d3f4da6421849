import type { SourcePolicy } from '../../domain/source-url.ts';
import type { Connect } from './connect.ts';

/** In milliseconds, bytes a second, steps and bytes; see domain/limits.ts. */
export type SourceLimits = Record<
  'connectMs' | 'firstByteMs' | 'idleMs' | 'minimumRate' | 'redirects' | 'headerBytes',
  number
>;

/** What is the same for all sources. */
export type Surroundings = { policy: SourcePolicy; within: SourceLimits; connect: Connect };
