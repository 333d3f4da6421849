// Callbacks as the providers send them, short.

export type SaidTrack = { id: string; title: string; audioUrl: string; imageUrl?: string; duration?: number };

export function musicBody(callbackType: string, taskId: string, tracks: readonly SaidTrack[], code = 200): object {
  const data = tracks.map(({ id, title, audioUrl, imageUrl, duration }) => ({
    ...{ id, title, audio_url: audioUrl, image_url: imageUrl ?? '', prompt: `words of ${title}` },
    ...(duration !== undefined && { duration }),
  }));
  return { code, msg: code === 200 ? 'ok' : 'it failed', data: { callbackType, task_id: taskId, data } };
}
