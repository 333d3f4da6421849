// The errors of SQS, with its own codes and nearly its own messages.

import { AwsError } from '../aws-error.ts';

const legacy = (code: string) => ({ legacyCode: `AWS.SimpleQueueService.${code}` });

export const queueDoesNotExist = () =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', legacy('NonExistentQueue'));

export const queueNameExists = (attribute: string) =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { legacyCode: 'QueueAlreadyExists' },
  );

export const unsupported = (what: string) =>
  new AwsError('UnsupportedOperation', `The local SQS has no ${what}.`, legacy('UnsupportedOperation'));

export const missingParameter = (name: string) =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);

export const invalidParameter = (name: string, value: unknown, reason: string) =>
  new AwsError('InvalidParameterValue', `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);

export const invalidAttributeName = (name: string) =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);

export const invalidAttributeValue = (name: string, reason: string) =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}. Reason: ${reason}`);

export const invalidMessageContents = () =>
  new AwsError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
  );

export const messageTooLong = (maxBytes: number) =>
  new AwsError(
    'InvalidParameterValue',
    `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
  );

export const receiptHandleIsInvalid = (handle: string) =>
  new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);

const notInFlight = 'Message does not exist or is not available for visibility timeout change.';

export const messageNotInFlight = (handle: string) =>
  new AwsError(
    'MessageNotInflight',
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${notInFlight}`,
    legacy('MessageNotInflight'),
  );

export const messageIsGone = (handle: string) => invalidParameter('ReceiptHandle', handle, notInFlight);

export const emptyBatch = () =>
  new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.', legacy('EmptyBatchRequest'));

export const tooManyEntries = (maxEntries: number) =>
  new AwsError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are ${maxEntries}.`,
    legacy('TooManyEntriesInBatchRequest'),
  );

export const invalidBatchEntryId = () =>
  new AwsError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    legacy('InvalidBatchEntryId'),
  );

export const batchEntryIdsNotDistinct = (id: string) =>
  new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`, legacy('BatchEntryIdsNotDistinct'));

export const batchRequestTooLong = (maxBytes: number, bytes: number) =>
  new AwsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${maxBytes} bytes. You have sent ${bytes} bytes.`,
    legacy('BatchRequestTooLong'),
  );

export const resourceNotFound = (arn: string) =>
  new AwsError('ResourceNotFoundException', `The resource ${arn} that you specified does not exist.`, { status: 404 });
