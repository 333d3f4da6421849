// Reads a callback's bytes into the common form, whatever the provider's shape was. Never throws on bad input.
import type { Provider, TaskKind } from '../record.ts';
import { findTaskId, isObject, parseBody } from './body.ts';
import type { CallbackAsset, CallbackBody, Family, ParsedCallback } from './family.ts';
import { job } from './job.ts';
import { number, text } from './lenient.ts';
import { cover, lyrics, midi, music, recovery, video, voice, wav } from './music.ts';
import { isSuccess, noMedia, outcomeOf } from './outcome.ts';
import { stems } from './stems.ts';

/** The first family whose shape matches is used: no callback names its operation. */
const families: readonly Family[] = [job, recovery, video, wav, stems, cover, midi, voice, lyrics, music];

/** For these kinds a success must contain files or text. */
const kindsWithMedia: readonly TaskKind[] = ['music', 'video', 'wav', 'stems', 'cover', 'lyrics', 'recovery'];

export type ParseResult = { callback: ParsedCallback } | { unrecognised: string };

export function parseCallback(bytes: Uint8Array): ParseResult {
  return readCallback(parseBody(bytes));
}

/** `body`: parsed JSON; undefined if it was not JSON. */
export function readCallback(body: unknown): ParseResult {
  if (!isObject(body)) return { unrecognised: 'the body is not a JSON object' };
  const taskId = findTaskId(body);
  if (taskId === null) return { unrecognised: 'there is no task id anywhere' };
  const code = number.parse(body.code);
  if (code === null) return { unrecognised: 'there is no status code' };

  const family = families.find((candidate) => candidate.matches(body));
  const msg = messageOf(body);
  const known = { taskId, code, msg, kind: family?.kindOf(body) ?? 'unknown' } as const;
  if (!isSuccess(code)) {
    const provider = family?.provider ?? providerOf(body, []);
    const failure = { code, msg, ...outcomeOf(code) };
    return { callback: { ...known, provider, stage: 'error', tracks: [], assets: [], failure } };
  }
  const read = family?.read(body);
  if (family === undefined || read === undefined) return { unrecognised: 'no known kind of callback has this shape' };

  const { tracks = [], assets = [], absent = [], stage = 'complete' } = read;
  const provider = family.provider ?? providerOf(body, assets);
  const seen = { ...known, provider, tracks, assets, absent };
  const hasMedia = assets.length > 0 || (known.kind === 'lyrics' && tracks.length > 0);
  if (stage === 'complete' && kindsWithMedia.includes(known.kind) && !hasMedia) {
    return { callback: { ...seen, stage: 'error', failure: { code, msg, ...noMedia } } };
  }
  return { callback: { ...seen, stage, failure: null } };
}

/** The provider's own message, and any further detail about the failure. */
function messageOf(body: CallbackBody): string {
  const data = isObject(body.data) ? body.data : {};
  const words = [body.msg, data.error, data.failMsg, data.errorMessage].map((value) => text.parse(value));
  return [...new Set(words.filter((word) => word !== null))].join(': ').slice(0, 1000);
}

/** No callback names its provider, but some hosts belong to one of them only. */
const hosts: readonly { provider: Provider; host: RegExp }[] = [
  { provider: 'kie.ai', host: /(?:^|\.)kie\.ai$/ },
  { provider: 'sunoapi.org', host: /(?:^|\.)(?:sunoapi\.org|api\.box|removeai\.ai|erweima\.ai)$/ },
];

function providerOf(body: CallbackBody, assets: readonly CallbackAsset[]): Provider {
  if (isObject(body.data) && 'vocal_separation_info' in body.data) return 'kie.ai';
  const named = assets.flatMap(({ urls }) => urls.map(({ url }) => URL.parse(url)?.hostname ?? ''));
  return hosts.find(({ host }) => named.some((name) => host.test(name)))?.provider ?? 'unknown';
}
