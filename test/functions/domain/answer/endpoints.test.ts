import { expect, test } from 'vitest';
import { endpointsOf } from '../../../../functions/domain/answer/endpoints.ts';
import { taskKinds } from '../../../../functions/domain/vocabulary.ts';

const pathsOf = (provider: 'sunoapi.org' | 'kie.ai', kind: (typeof taskKinds)[number]) =>
  endpointsOf(provider, kind).map(({ path, idParameter }) => `${path}?${idParameter}=`);

test('a task is asked for where its kind is at home', () => {
  expect(Object.fromEntries(taskKinds.map((kind) => [kind, pathsOf('sunoapi.org', kind)]))).toEqual({
    music: ['/api/v1/generate/record-info?taskId='],
    video: ['/api/v1/mp4/record-info?taskId='],
    wav: ['/api/v1/wav/record-info?taskId='],
    stems: ['/api/v1/vocal-removal/record-info?taskId='],
    cover: ['/api/v1/suno/cover/record-info?taskId='],
    lyrics: ['/api/v1/lyrics/record-info?taskId='],
    midi: ['/api/v1/midi/record-info?taskId='],
    voice: ['/api/v1/voice/record-info?taskId=', '/api/v1/voice/validate-info?taskId='],
    recovery: ['/api/v1/suno/recovery/record-info?task_id='],
    unknown: ['/api/v1/generate/record-info?taskId='],
  });
});

test.each(taskKinds)('kie.ai is asked for the same, and then for a unified job: %s', (kind) => {
  expect(pathsOf('kie.ai', kind)).toEqual([...pathsOf('sunoapi.org', kind), '/api/v1/jobs/recordInfo?taskId=']);
});
