import { describe, expect, it } from 'vitest';
import { postCallback } from '../../../local/demo/post-callback.ts';
import { startCallbackReceiver } from './callback-receiver.ts';

const body = Buffer.from('{"code":200,"msg":"✨"}');

async function post(url: string, signal = new AbortController().signal) {
  let waits = 0;
  const betweenTries = async () => void waits++;
  const tries = await postCallback(url, body, { betweenTries, signal });
  return { tries, waits };
}

describe('postCallback', () => {
  it('sends the bytes as JSON, once, when the answer is 200', async () => {
    await using receiver = await startCallbackReceiver();

    const { tries, waits } = await post(receiver.url);

    expect(tries.map(({ status }) => status)).toEqual([200]);
    expect(waits).toBe(0);
    expect(receiver.received).toEqual([{ contentType: 'application/json', body }]);
  });

  it('tries again after any other answer, also after another success', async () => {
    await using receiver = await startCallbackReceiver([503, 204]);

    const { tries, waits } = await post(receiver.url);

    expect(tries.map(({ status }) => status)).toEqual([503, 204, 200]);
    expect(waits).toBe(2);
  });

  it('stops after three tries', async () => {
    await using receiver = await startCallbackReceiver([500, 500, 500, 500]);

    const { tries } = await post(receiver.url);

    expect(tries).toHaveLength(3);
    expect(receiver.received).toHaveLength(3);
  });

  it('says why when no answer came', async () => {
    const { tries } = await post('http://127.0.0.1:1/nobody');

    expect(tries.map(({ status }) => status)).toEqual([null, null, null]);
    expect(tries[0]?.error).not.toBe('');
  });
});
