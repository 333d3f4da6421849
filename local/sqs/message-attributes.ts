// The attributes that a sender adds to a message.

import { createHash } from 'node:crypto';
import type { JsonInput } from '../aws-json.ts';
import { invalidParameter, objectParameter, optionalTextParameter, refuseUnknown, textParameter } from './input.ts';

/** SQS encodes binary values in base64; exactly one of the two values is present. */
type MessageAttribute = {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
};

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const maxAttributes = 10;

export function readMessageAttributes(input: JsonInput): MessageAttributes {
  const given = objectParameter(input, 'MessageAttributes');
  const names = Object.keys(given);
  if (names.length > maxAttributes) {
    throw invalidParameter('MessageAttributes', names.length, `A message has at most ${maxAttributes} of them.`);
  }
  return Object.fromEntries(names.map((name) => [name, readAttribute(name, objectParameter(given, name))]));
}

function readAttribute(name: string, attribute: JsonInput): MessageAttribute {
  refuseUnknown(attribute, ['DataType', 'StringValue', 'BinaryValue']);
  const DataType = textParameter(attribute, 'DataType');
  // The sender may append a label to the type: "Number.int".
  const [type = ''] = DataType.split('.');
  if (!/^[\w.-]{1,256}$/.test(name) || !['String', 'Number', 'Binary'].includes(type)) {
    throw invalidParameter('MessageAttributes', `${name}: ${DataType}`, 'The name or the type is not valid.');
  }
  const field = type === 'Binary' ? 'BinaryValue' : 'StringValue';
  const value = optionalTextParameter(attribute, field);
  if (!value) throw invalidParameter('MessageAttributes', name, `Must contain a non-empty ${field}.`);
  return { DataType, [field]: value };
}

const encode = ({ StringValue = '', BinaryValue }: MessageAttribute) =>
  BinaryValue === undefined ? Buffer.from(StringValue) : Buffer.from(BinaryValue, 'base64');

export function bytesOfAttributes(attributes: MessageAttributes): number {
  return Object.entries(attributes)
    .map(([name, value]) => Buffer.byteLength(name) + Buffer.byteLength(value.DataType) + encode(value).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * SQS's digest of attributes, in the order of their names: name, type and value, each with its length before it, and
 * a byte before the value that distinguishes text (1) from binary (2). "Calculating the MD5 message digest for
 * message attributes", SQS guide.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (bytes: Buffer) => hash.update(uint32(bytes.length)).update(bytes);
  for (const [name, attribute] of sorted) {
    update(Buffer.from(name));
    update(Buffer.from(attribute.DataType));
    hash.update(Buffer.of(attribute.BinaryValue === undefined ? 1 : 2));
    update(encode(attribute));
  }
  return hash.digest('hex');
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Selects the attributes that a receiver requests: by name, by a prefix (`trace.*`), or `All`. */
export function selectAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  const isWanted = (name: string) =>
    wanted.some(
      (want) => want === 'All' || want === name || (want.endsWith('.*') && name.startsWith(want.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}
