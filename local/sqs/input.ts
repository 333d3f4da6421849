// Reads the parameters of a request: each function returns the value it names, or throws SQS's error.

import type { Input, Operation } from '../aws-json.ts';
import { isJsonObject } from '../json-object.ts';
import { invalidParameter, missingParameter, unsupported } from './errors.ts';

export type Range = { readonly min: number; readonly max: number };

/** An operation that accepts these parameters and no others. */
export const taking =
  (known: readonly string[], run: Operation): Operation =>
  (call) => {
    refuseUnknown(call.input, known);
    return run(call);
  };

/** Rejects unknown parameters: a test must not pass because the stand-in ignored what the product asked for. */
export function refuseUnknown(input: Input, known: readonly string[]): void {
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown) throw unsupported(`parameter ${unknown} here`);
}

export function text(input: Input, name: string): string {
  return optionalText(input, name) || refuseMissing(name);
}

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalidParameter(name, JSON.stringify(value), 'Must be a string.');
}

export function integer(input: Input, name: string, range: Range): number {
  return optionalInteger(input, name, range) ?? refuseMissing(name);
}

export function optionalInteger(input: Input, name: string, { min, max }: Range): number | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidParameter(name, JSON.stringify(value), `Must be an integer between ${min} and ${max}, if provided.`);
}

export function texts(input: Input, name: string): string[] {
  return list(input, name).map((value) => text({ [name]: value }, name));
}

export function objects(input: Input, name: string): Input[] {
  return list(input, name).map((value) => object({ [name]: value }, name));
}

export function object(input: Input, name: string): Input {
  const value = input[name] ?? {};
  if (isJsonObject(value)) return value;
  throw invalidParameter(name, JSON.stringify(value), 'Must be an object.');
}

function list(input: Input, name: string): unknown[] {
  const value = input[name] ?? [];
  if (Array.isArray(value)) return value;
  throw invalidParameter(name, JSON.stringify(value), 'Must be a list.');
}

function refuseMissing(name: string): never {
  throw missingParameter(name);
}
