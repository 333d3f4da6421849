// What the SDK throws, in words that may stand in a log. Its errors hold more than that: the answer, and the request.
import { S3ServiceException } from '@aws-sdk/client-s3';
import { UnavailableError } from '../../domain/errors.ts';
import { BodyTooLargeError } from './read-text.ts';
import { firstWords, S3Error } from './s3-error.ts';

/** Deliberately without the error as its cause. */
export function thrownError(asked: string, error: unknown): Error {
  if (error instanceof S3ServiceException) {
    const { $metadata, name: code, message } = error;
    const words = message === 'UnknownError' ? '' : message;
    return new S3Error(asked, { status: $metadata.httpStatusCode ?? 0, code, words });
  }
  if (!(error instanceof Error)) return new UnavailableError(`${asked}: ${error}`);
  const code = 'code' in error ? ` ${error.code}` : '';
  const words = `${asked}: ${error.name}${code}: ${firstWords(error.message)}`;
  // S3 did what it was asked, and will do so again: to wait changes nothing.
  return error instanceof BodyTooLargeError ? new Error(words) : new UnavailableError(words);
}
