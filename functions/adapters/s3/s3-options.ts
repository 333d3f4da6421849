import type { AwsSenderOptions } from '../aws/sender.ts';
import type { ProgressLimits } from '../http/watch-progress.ts';

/** In all, of one request; 1 is none after the first. */
export const attempts = 4;

/** For tests, in which S3 is slow on purpose. */
export type S3Options = { limits?: Partial<ProgressLimits> } & Pick<AwsSenderOptions, 'wait' | 'random'>;
