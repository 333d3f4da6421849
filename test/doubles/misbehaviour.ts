// What hosts do with a file, right and wrong, by the first segment of the path: /cut/song.mp3 breaks off in the
// middle of song.mp3. Every answer calls itself audio/mpeg, since what a host says of its bytes is not to be
// believed.
//
// With every one of them: `?after=2` lets the first two requests for a path be answered as by /whole, `?times=2` all
// after the first two; `?bytesPerSecond=1000000` holds each connection back.
import { bodies } from './misbehaviour/bodies.ts';
import { encodings } from './misbehaviour/encodings.ts';
import { heads } from './misbehaviour/heads.ts';
import { ranges } from './misbehaviour/ranges.ts';
import type { Behaviour } from './range-answer.ts';

const all: Readonly<Record<string, Behaviour>> = { ...ranges, ...bodies, ...encodings, ...heads };

export function behaviourFor(name: string, query: URLSearchParams, nth: number): Behaviour | undefined {
  const after = Number(query.get('after') ?? 0);
  const times = Number(query.get('times') ?? Infinity);
  return nth > after && nth <= after + times ? all[name] : all.whole;
}
