// What S3 refuses, in words that may stand in a log. Its answers, and the SDK's errors, hold more than that: where a
// signature does not match, the whole signed request with its session token.
import { S3ServiceException } from '@aws-sdk/client-s3';
import { type AwsAnswer, faultCode } from '../aws/answer.ts';

export class S3Error extends Error {
  override name = 'S3Error';
  readonly status: number;
  readonly code: string;

  constructor(asked: string, { status, code, words = '' }: { status: number; code: string; words?: string }) {
    super(`S3 answered ${status} ${code} to ${asked}${words && `: ${firstWords(words)}`}`);
    this.status = status;
    this.code = code;
  }
}

export function answeredError(asked: string, answer: AwsAnswer): S3Error {
  const words = /<Message>([^<]*)/.exec(answer.body.subarray(0, 4096).toString())?.[1];
  return new S3Error(asked, { status: answer.status, code: faultCode(answer) ?? 'without a code', words });
}

/** Deliberately without the error as its cause. */
export function thrownError(asked: string, error: unknown): Error {
  if (error instanceof S3ServiceException) {
    const { $metadata, name: code, message } = error;
    const words = message === 'UnknownError' ? '' : message;
    return new S3Error(asked, { status: $metadata.httpStatusCode ?? 0, code, words });
  }
  if (!(error instanceof Error)) return new Error(`${asked}: ${error}`);
  const code = 'code' in error ? ` ${error.code}` : '';
  return new Error(`${asked}: ${error.name}${code}: ${firstWords(error.message)}`);
}

function firstWords(text: string): string {
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
