// Converts the `data` of a polling answer to the shape of the corresponding callback, so that the callback families
// read both.
import { isObject } from '../callback/body.ts';
import { link, list, object, text } from '../callback/lenient.ts';
import type { TaskKind } from '../vocabulary.ts';
import type { Shape } from './endpoints.ts';

type Fields = Readonly<Record<string, unknown>>;

export type NormalisedAnswer = {
  /** The callback's `data`. */
  data: unknown;
  /** Whether everything that the task makes is there, if the files alone do not show that. */
  isWhole?: boolean;
};

type Asked = { kind: TaskKind; taskId: string };

export function normaliseAnswer(shape: Shape, data: Fields, asked: Asked): NormalisedAnswer {
  return shapes[shape](data, object.parse(data.response), asked);
}

const shapes: Record<Shape, (data: Fields, response: Fields, asked: Asked) => NormalisedAnswer> = {
  music(data, response) {
    const items = list.parse(response.sunoData ?? data.sunoData).map(trackOf);
    const isWhole = items.length > 0 && items.every(hasAudio);
    return { data: { callbackType: 'complete', data: items }, isWhole };
  },
  video: (_, response) => ({ data: { video_url: response.videoUrl ?? response.video_url } }),
  wav: (_, response) => ({ data: { audioWavUrl: response.audioWavUrl ?? response.audio_wav_url } }),
  stems: (_, response) => ({ data: { vocal_removal_info: { ...ownLinks(response), origin_data: origins(response) } } }),
  cover: (_, response) => ({ data: { images: response.images } }),
  lyrics: (_, response, { taskId }) => ({
    data: { callbackType: 'complete', taskId, data: list.parse(response.data ?? response.lyricsData) },
  }),
  midi(data, response) {
    const { instruments } = object.parse([data.midiData, response.midiData, response].find(isObject));
    return { data: { state: 'complete', instruments }, isWhole: list.parse(instruments).length > 0 };
  },
  voice({ voiceId, validateInfo }) {
    const isWhole = [voiceId, validateInfo].some((value) => text.parse(value) !== null);
    return { data: { voiceId, validateInfo }, isWhole };
  },
  recovery(data, response) {
    const items = [data.data, response.data, response.sunoData, data.sunoData].find(Array.isArray);
    return { data: recovered(items) };
  },
  job(data, response, { kind }) {
    const model = text.parse(data.model) ?? (kind === 'cover' ? 'cover-image' : kind);
    const result = resultOf(data.resultJson, response);
    // Invalid JSON is left for the family to reject.
    if (result === undefined) return { data: { model, state: 'success', resultJson: data.resultJson } };
    const tracks = list.parse(result.data ?? result.sunoData).map(trackOf);
    const resultJson = { ...withoutStreams(result), data: tracks };
    return { data: { model, state: 'success', resultJson }, isWhole: tracks.every(hasAudio) };
  },
};

/** In a finished recovery, `data` itself is the list. */
export function recovered(items: unknown): Fields[] {
  return list.parse(items).map(trackOf);
}

const trackFields = {
  audio_url: 'audioUrl',
  source_audio_url: 'sourceAudioUrl',
  image_url: 'imageUrl',
  source_image_url: 'sourceImageUrl',
  model_name: 'modelName',
} as const;

/** Takes whichever spelling is present. */
function trackOf(item: Fields): Fields {
  const fields = Object.entries(trackFields).map(([field, camel]) => [field, filled(item[field], item[camel])]);
  return { ...item, ...Object.fromEntries(fields) };
}

function filled(...values: readonly unknown[]): string | null {
  return values.map((value) => text.parse(value)).find((value) => value !== null) ?? null;
}

function hasAudio({ audio_url, source_audio_url }: Fields): boolean {
  return link.parse(audio_url) !== null || link.parse(source_audio_url) !== null;
}

/** Every `…Url` is a stem, except streams and the callback URL. */
function ownLinks(response: Fields): Fields {
  const links = Object.entries(withoutStreams(response)).filter(([field]) => !/^call_?back/i.test(field));
  return Object.fromEntries(links.map(([field, value]) => [snakeCase(field), value]));
}

function withoutStreams(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !/stream/i.test(field)));
}

function snakeCase(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** `split_stem_advanced`: each entry has two sides, or is flat. */
function origins({ origin_data, originData }: Fields): Fields[] {
  return list.parse(originData ?? origin_data).map((entry) => {
    const { extract, remove } = entry;
    if (!isObject(extract) && !isObject(remove)) return sideOf(entry);
    return { extract: sideOf(object.parse(extract)), remove: sideOf(object.parse(remove)) };
  });
}

function sideOf(side: Fields): Fields {
  return {
    audio_url: filled(side.audio_url, side.audioUrl),
    stem_type_group_name: filled(side.stem_type_group_name, side.stemTypeGroupName),
  };
}

/** JSON in a string; `response` has the same as an object. Undefined: present, but not a JSON object. */
function resultOf(resultJson: unknown, response: Fields): Fields | undefined {
  if (isObject(resultJson)) return resultJson;
  if (text.parse(resultJson) === null || Object.keys(response).length > 0) return parsed(resultJson) ?? response;
  return parsed(resultJson);
}

function parsed(json: unknown): Fields | undefined {
  if (typeof json !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
