// What S3 refuses, in words that may stand in a log. Its answers hold more than that: where a signature does not match,
// the whole signed request with its session token. Free of the SDK, which the sweeper does without.
import { UnavailableError } from '../../domain/errors.ts';
import { faultCode } from '../aws/fault-code.ts';
import type { HttpAnswer } from '../http/answer.ts';

export class S3Error extends UnavailableError {
  override name = 'S3Error';
  readonly status: number;
  readonly code: string;

  constructor(asked: string, { status, code, words = '' }: { status: number; code: string; words?: string }) {
    super(`S3 answered ${status} ${code} to ${asked}${words && `: ${firstWords(words)}`}`);
    this.status = status;
    this.code = code;
  }
}

export function answeredError(asked: string, answer: HttpAnswer): S3Error {
  const words = /<Message>([^<]*)/.exec(answer.body.subarray(0, 4096).toString())?.[1];
  return new S3Error(asked, { status: answer.status, code: faultCode(answer) ?? 'without a code', words });
}

export function firstWords(text: string): string {
  return text.split('\n', 1).join().slice(0, 300);
}

/** `code`: what S3 calls it there. That the whole bucket is missing is another matter. */
export async function unlessMissing<T>(code: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3Error && error.code === code) return undefined;
    throw error;
  }
}
