// The vocabulary of a record (stages, kinds, providers), separate from its schema, which the receiver does not load.

export const stages = ['text', 'first', 'complete', 'error'] as const;
export const taskKinds = [
  'music',
  'video',
  'wav',
  'stems',
  'cover',
  'lyrics',
  'midi',
  'voice',
  'recovery',
  'unknown',
] as const;
export const providers = ['sunoapi.org', 'kie.ai', 'unknown'] as const;

export type Stage = (typeof stages)[number];
export type TaskKind = (typeof taskKinds)[number];
export type Provider = (typeof providers)[number];
