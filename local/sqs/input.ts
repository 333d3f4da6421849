// Reads the parameters of a request: each function returns the value it names, or throws SQS's error.
import { AwsError, isJsonObject, type JsonInput, type JsonOperation } from '../aws-json.ts';

/** An operation that accepts these parameters and no others. */
export const taking =
  (known: readonly string[], run: JsonOperation): JsonOperation =>
  (call) => {
    refuseUnknown(call.input, known);
    return run(call);
  };

/** Rejects unknown parameters: a test must not pass because the stand-in ignored what the product asked for. */
export function refuseUnknown(input: JsonInput, known: readonly string[]): void {
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown) throw unsupported(`parameter ${unknown} here`);
}

export const unsupported = (what: string) =>
  new AwsError('UnsupportedOperation', `The local SQS has no ${what}.`, legacy('UnsupportedOperation'));

// The errors of SQS, with its own codes and nearly its own messages.

const legacy = (code: string) => ({ legacyCode: `AWS.SimpleQueueService.${code}` });

export function textParameter(input: JsonInput, name: string): string {
  return optionalTextParameter(input, name) || refuseMissing(name);
}

export function optionalTextParameter(input: JsonInput, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalidParameter(name, JSON.stringify(value), 'Must be a string.');
}

export const invalidParameter = (name: string, value: unknown, reason: string) =>
  new AwsError('InvalidParameterValue', `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);

function refuseMissing(name: string): never {
  throw missingParameter(name);
}

const missingParameter = (name: string) =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);

export type IntegerRange = { readonly min: number; readonly max: number };

export function integerParameter(input: JsonInput, name: string, range: IntegerRange): number {
  return optionalIntegerParameter(input, name, range) ?? refuseMissing(name);
}

export function optionalIntegerParameter(
  input: JsonInput,
  name: string,
  { min, max }: IntegerRange,
): number | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidParameter(name, JSON.stringify(value), `Must be an integer between ${min} and ${max}, if provided.`);
}

export function textsParameter(input: JsonInput, name: string): string[] {
  return list(input, name).map((value) => textParameter({ [name]: value }, name));
}

function list(input: JsonInput, name: string): unknown[] {
  const value = input[name] ?? [];
  if (Array.isArray(value)) return value;
  throw invalidParameter(name, JSON.stringify(value), 'Must be a list.');
}

export function objectsParameter(input: JsonInput, name: string): JsonInput[] {
  return list(input, name).map((value) => objectParameter({ [name]: value }, name));
}

export function objectParameter(input: JsonInput, name: string): JsonInput {
  const value = input[name] ?? {};
  if (isJsonObject(value)) return value;
  throw invalidParameter(name, JSON.stringify(value), 'Must be an object.');
}

export const queueDoesNotExist = () =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', legacy('NonExistentQueue'));

export const queueNameExists = (attribute: string) =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { legacyCode: 'QueueAlreadyExists' },
  );

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
