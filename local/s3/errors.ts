// S3 errors that several files return: code and status are S3's, the message says what to do.

import { AwsError } from '../aws-error.ts';

export function noSuchKey(key: string): AwsError {
  return new AwsError('NoSuchKey', `There is no object ${key}.`, { status: 404 });
}

export function noSuchUpload(): AwsError {
  return new AwsError('NoSuchUpload', 'There is no such upload: it was never begun, or it was aborted or completed.', {
    status: 404,
  });
}

export function preconditionFailed(header: string): AwsError {
  return new AwsError('PreconditionFailed', `${header} does not hold: read the object again before you decide.`, {
    status: 412,
  });
}

export function invalidArgument(message: string): AwsError {
  return new AwsError('InvalidArgument', message);
}

export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `The local S3 does not do ${what}. It does only what Trackkeeper needs.`, {
    status: 501,
  });
}
