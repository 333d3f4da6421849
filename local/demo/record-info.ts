// What the demo provider answers when it is asked about a task, in the shape of sunoapi.org's record-info of a WAV.

/** Sent as `Authorization: Bearer …`; the stand-in has one account. */
export const demoApiKey = 'the-api-key-of-the-demo-account';

export type Made = { url: string; wasDelivered: boolean };

export const recordInfoPath = '/api/v1/wav/record-info';

export type InfoAnswer = { code: number; msg: string; data: unknown };

/** `made`: the result of each task so far; undefined if the task is unknown or has no result yet. */
export function recordInfo(
  asked: { authorization: string | undefined; taskId: string },
  made: ReadonlyMap<string, Made>,
): InfoAnswer {
  if (asked.authorization !== `Bearer ${demoApiKey}`) {
    return { code: 401, msg: 'You do not have access permissions', data: null };
  }
  const { taskId } = asked;
  const found = made.get(taskId);
  const response = found === undefined ? null : { audioWavUrl: found.url };
  // CALLBACK_EXCEPTION reports that the callback could not be delivered; the files exist all the same.
  const said = found?.wasDelivered === false ? 'CALLBACK_EXCEPTION' : 'SUCCESS';
  const data = { taskId, response, successFlag: found === undefined ? 'PENDING' : said };
  return { code: 200, msg: 'success', data };
}
