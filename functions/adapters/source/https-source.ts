// Somebody else's files over https, or over http where the owner allows it. What may be fetched is decided in domain/ and
// enforced in connect.ts; this folder knows how hosts answer, and how they fail to.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { limits } from '../../domain/limits.ts';
import type { SourcePolicy } from '../../domain/source-url.ts';
import type { Source } from '../../ports.ts';
import { type ConnectOptions, createConnect } from './connect.ts';
import { createLane } from './lane.ts';
import { openSource } from './open.ts';
import type { SourceLimits } from './surroundings.ts';

type Options = Partial<SourcePolicy> & {
  resolve?: LookupFunction;
  limits?: SourceLimits;
  ca?: ConnectOptions['ca'];
  reroute?: ConnectOptions['reroute'];
};

export function createHttpsSource({
  allowedPrivateSources = [],
  allowedHosts = [],
  allowHttp = false,
  resolve = lookup,
  limits: within = limits,
  ca,
  reroute,
}: Options): Source {
  const policy = { allowedPrivateSources, allowedHosts, allowHttp };
  const surroundings = { policy, within, connect: createConnect({ resolve, ca, reroute }) };
  return {
    open: (url, options) => openSource(url, options, surroundings),
    lane: (url, options) => createLane(url, options, surroundings),
  };
}
