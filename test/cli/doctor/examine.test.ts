import { describe, expect, test } from 'vitest';
import { checks, stackChecks } from '../../../cli/doctor/checks.ts';
import { UnreachableError } from '../../../cli/doctor/finding.ts';
import type { DoctorTarget } from '../../../cli/doctor/target.ts';
import { archive, doctorClock, examined, healthyDeployment, healthyStack, songKey, token } from './deployments.ts';

const denied = async (): Promise<never> => {
  throw Object.assign(new Error('raw'), { name: 'AccessDenied' });
};
const broken = async (): Promise<never> => {
  throw new Error('ECONNRESET');
};

describe('a deployment that is well', () => {
  test('has all proved, and nothing of the test task is left', async () => {
    const { deployment, objects, posted } = healthyDeployment();
    objects.set('tasks/theirs.json', { bytes: Buffer.from('{}'), contentType: 'application/json' });

    const { all } = await examined({ ...deployment, stack: healthyStack });

    expect(all.map(({ name }) => name)).toEqual([...[...checks, ...stackChecks].map(({ name }) => name), 'cleaned up']);
    expect(all.filter(({ finding }) => finding.outcome !== 'proved')).toEqual([]);
    expect([...objects.keys()]).toEqual(['tasks/theirs.json']);
    expect(posted).toHaveLength(2);
    for (const { url } of posted) expect(new URL(url).searchParams.get('doctor')).toMatch(/^doctor-20261121T120000Z-/);
  });

  test('on this machine is not asked for what only AWS has', async () => {
    const { all } = await examined(healthyDeployment().deployment);

    expect(all).toHaveLength(checks.length + 1);
  });

  test('is left with nothing to wait for: the command ends at once', async () => {
    const clock = doctorClock();
    let waiting = 0;
    const wait = async (ms: number, signal?: AbortSignal) => {
      waiting++;
      await clock.wait(ms, signal);
      waiting--;
    };

    await examined(healthyDeployment().deployment, { clock: { ...clock, wait } });
    await new Promise(setImmediate);

    expect(waiting).toBe(0);
  });

  test('does not receive its token again', async () => {
    const echoing: DoctorTarget['ask'] = async (url) => ({ status: 500, body: `No: ${url}`, date: null });

    for (const ask of [broken, echoing]) {
      const { all } = await examined({ ...healthyDeployment().deployment, ask });

      expect(JSON.stringify(all)).not.toContain(token);
    }
  });
});

describe('whatever is broken', () => {
  const ports = ['secret', 'ask', 'offer', 'queue'] as const;

  test.each(ports)(
    'in the port %s: the rest is reported, nothing is left behind, and the command ends in time',
    async (port) => {
      const { deployment, objects } = healthyDeployment();

      const { findings, seconds, all } = await examined({ ...deployment, [port]: broken });

      expect(all.filter(({ finding }) => finding.outcome === 'failed').length).toBeGreaterThan(0);
      expect(findings.schedule).toMatchObject({ outcome: 'proved' });
      expect([...objects.keys()]).toEqual([]);
      expect(seconds).toBeLessThanOrEqual(55);
    },
  );

  test.each(['secret', 'offer', 'queue'] as const)(
    'in the port %s: what may not be done is not checked, and no fault',
    async (port) => {
      const { all } = await examined({ ...healthyDeployment().deployment, [port]: denied });

      expect(all.filter(({ finding }) => finding.outcome === 'failed')).toEqual([]);
      expect(
        all.filter(({ finding }) => finding.detail.startsWith('These credentials may not')).length,
      ).toBeGreaterThan(0);
    },
  );

  test('a bucket that cannot be read fails the checks that need it, and what is left behind is listed', async () => {
    const { deployment } = healthyDeployment();

    const { findings } = await examined({ ...deployment, bucket: { ...deployment.bucket, read: broken } });

    expect(findings['… is stored']).toMatchObject({ outcome: 'failed' });
    expect(findings['… is archived']).toMatchObject({ outcome: 'not checked' });
    expect(findings['cleaned up']).toMatchObject({ outcome: 'failed' });
  });

  test('an object that may not be removed is named, and the others are removed', async () => {
    const { deployment, objects } = healthyDeployment();
    const remove: DoctorTarget['bucket']['remove'] = async (key) =>
      key.startsWith('callbacks/') ? await denied() : await deployment.bucket.remove(key);

    const { findings } = await examined({ ...deployment, bucket: { ...deployment.bucket, remove } });

    expect(findings['cleaned up']).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/^It could not remove callbacks\/doctor-.*\.json: /),
    });
    expect([...objects.keys()]).toEqual([expect.stringMatching(/^callbacks\//)]);
  });

  test('an archiver that takes nothing is found out within a minute, by name', async () => {
    const { deployment } = healthyDeployment({ archived: () => {} });

    const { findings, seconds } = await examined(deployment);

    expect(findings['test callback']).toMatchObject({ outcome: 'proved' });
    expect(findings['… is stored']).toMatchObject({
      outcome: 'failed',
      detail: 'It is not under callbacks/ after 35 s.',
      advice: expect.stringContaining('Does the archiver run?'),
    });
    expect(findings['… is archived']).toMatchObject({ outcome: 'not checked' });
    expect(findings['cleaned up']).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('Its callback may still be in the queue'),
    });
    expect(seconds).toBeLessThanOrEqual(55);
  });

  test('what was never sent is not awaited in the queue', async () => {
    const ask = async () => {
      throw new UnreachableError('ECONNREFUSED');
    };

    const { findings } = await examined({ ...healthyDeployment().deployment, ask });

    expect(findings['test callback']).toMatchObject({ outcome: 'failed', detail: 'ECONNREFUSED' });
    expect(findings['cleaned up']).toMatchObject({ outcome: 'proved' });
  });

  test.each([
    // A gateway gave up on a function that may have sent it on all the same.
    [503, 'failed', /Its callback may still be in the queue/],
    [500, 'failed', /Its callback may still be in the queue/],
    [404, 'proved', /Nothing of the test task is left/],
  ])('after an answer of %s it is said whether something may still come', async (status, outcome, says) => {
    const { deployment } = healthyDeployment({ archived: () => {} });
    const ask: DoctorTarget['ask'] = async (url, question) =>
      question.method === 'POST' ? { status, body: '', date: null } : await deployment.ask(url, question);

    const { findings } = await examined({ ...deployment, ask });

    expect(findings['test callback']).toMatchObject({ outcome: 'failed' });
    expect(findings['cleaned up']).toMatchObject({ outcome, detail: expect.stringMatching(says) });
  });

  test('a check that hangs ends at its time limit, and its test task is still deleted', async () => {
    const { deployment, objects } = healthyDeployment({ archived: archive((record) => ({ ...record, claim })) });
    const claim = { by: 'a message that never ends', until: '2026-11-21T13:00:00.000Z' };

    const clock = doctorClock();
    const hung = async () => {
      for (;;) await clock.wait(500);
    };

    const { findings, seconds } = await examined({ ...deployment, queue: hung }, { clock });

    expect(findings.queues).toMatchObject({ outcome: 'failed' });
    expect(findings['… is archived']).toMatchObject({
      detail: expect.stringMatching(/^Its record is not final, .* after 3\d s\.$/),
    });
    expect([...objects.keys()]).toEqual([]);
    expect(seconds).toBeLessThanOrEqual(55);
  });

  test('a clean-up that hangs ends at its time limit, and lists what may be deleted by hand', {
    timeout: 5_000,
  }, async () => {
    const { deployment } = healthyDeployment();
    const clock = doctorClock();
    let isOver = false;
    const remove = async () => {
      while (!isOver) await clock.wait(500);
      return false;
    };

    const { findings, seconds } = await examined(
      { ...deployment, bucket: { ...deployment.bucket, remove } },
      { clock },
    );
    isOver = true;

    expect(findings['… is repeated']).toMatchObject({ outcome: 'proved' });
    expect(findings['cleaned up']).toMatchObject({
      outcome: 'failed',
      detail: 'It could not be ended within 10 s.',
      advice: expect.stringMatching(/What holds doctor-\S+ in its key/),
    });
    expect(seconds).toBeLessThanOrEqual(55);
  });

  test('Ctrl-C ends all that has not ended, and cleans up', async () => {
    const interruption = new AbortController();
    const { deployment, objects } = healthyDeployment({
      archived: (delivered, found) => {
        archive((record) => ({ ...record, claim: { by: 'x', until: '2026-11-21T13:00:00.000Z' } }))(delivered, found);
        interruption.abort();
      },
    });

    const { findings } = await examined(deployment, { interrupted: interruption.signal });

    expect(findings['… is archived']).toMatchObject({ outcome: 'failed', detail: 'It was interrupted.' });
    expect([...objects.keys()]).toEqual([]);
  });
});

describe('cleaning up', () => {
  test('deletes only what belongs to the test task, even if its record names a file of another task', async () => {
    const { deployment, objects } = healthyDeployment({
      archived: (delivered, found) => {
        archive()(delivered, found);
        const path = songKey(delivered.taskId).replace(/\.mp3$/, '');
        found.set(`${path}.wav`, { bytes: Buffer.from('theirs'), contentType: 'audio/wav', taskId: 'theirs' });
        found.set(`callbacks/${delivered.taskId}0/complete.json`, { bytes: Buffer.from(''), contentType: '' });
        found.set(`schedule/20261121T120000Z/${delivered.taskId}`, { bytes: Buffer.from(''), contentType: '' });
        found.set(`schedule/20261121T120000Z/${delivered.taskId}0`, { bytes: Buffer.from(''), contentType: '' });
      },
    });

    await examined(deployment);

    expect([...objects.keys()].sort()).toEqual([
      expect.stringMatching(/^callbacks\/doctor-.*0\/complete\.json$/),
      expect.stringMatching(/^library\/.*\.wav$/),
      expect.stringMatching(/^schedule\/20261121T120000Z\/doctor-.*0$/),
    ]);
  });

  test('looks once more, because a last write of the archiver may come meanwhile', async () => {
    const { deployment, objects } = healthyDeployment();
    let isLate = true;
    const remove: DoctorTarget['bucket']['remove'] = async (key) => {
      const record = objects.get(key);
      await deployment.bucket.remove(key);
      if (key.startsWith('tasks/') && isLate && record !== undefined) objects.set(key, record);
      if (key.startsWith('tasks/')) isLate = false;
      return true;
    };

    const { findings } = await examined({ ...deployment, bucket: { ...deployment.bucket, remove } });

    expect([...objects.keys()]).toEqual([]);
    expect(findings['cleaned up']).toMatchObject({
      outcome: 'proved',
      detail: expect.stringContaining('old versions'),
    });
  });

  test('stops on what comes again and again, and says so', async () => {
    const { deployment } = healthyDeployment();
    const bucket = { ...deployment.bucket, remove: async () => false };

    expect((await examined({ ...deployment, bucket })).findings['cleaned up']).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('kept coming back'),
    });
  });
});
