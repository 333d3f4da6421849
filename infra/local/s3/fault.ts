// What tests let go wrong with S3 and on the way to it, request by request.

import { Readable } from 'node:stream';
import { AwsError } from '../aws-error.ts';
import type { Call, Handler, Reply } from './call.ts';
import { notImplemented } from './errors.ts';
import { xmlReply } from './reply.ts';
import type { Operation, Routed } from './route.ts';
import { cutInHalf, flipBit } from './spoiled-body.ts';
import type { Upload, UploadStore } from './upload-store.ts';

/** Asked once for each request, when its head has come. `undefined`: nothing goes wrong. */
export type Fault = (request: Routed) => Trouble | undefined;

export type Trouble =
  /** Answered in place of the operation. */
  | { readonly status: number; readonly code: string }
  /** The part of this number is gone when the operation begins. */
  | { readonly losePart: number }
  | keyof typeof troubles;

/** `reset`: the connection is reset without an answer. `silence`: it stays open without one. */
export type Outcome = Reply | 'reset' | 'silence';

export type Attempt = {
  readonly operation: Operation;
  readonly call: Call;
  readonly perform: Handler;
  readonly uploads: UploadStore;
};

type Happening = {
  /** Where it means something. A test that asks for it anywhere else is wrong, and is told so. */
  readonly only?: readonly Operation[];
  readonly happen: (attempt: Attempt) => Promise<Outcome>;
};

const troubles = {
  /** Nothing is done. */
  cut: { happen: async () => 'reset' },

  /** Half of the body comes, then the connection is reset. Nothing is done. */
  'cut-body': {
    only: ['PutObject', 'UploadPart', 'CompleteMultipartUpload'],
    happen: ({ call, perform }) => withoutAnswer(perform({ ...call, openBody: () => cutInHalf(call) })),
  },

  /** One bit of the body is another when it comes: the client's checksum tells, and without one it is stored like this. */
  'flip-bit': {
    only: ['PutObject', 'UploadPart'],
    happen: ({ call, perform }) => perform({ ...call, openBody: () => flipBit(call) }),
  },

  /** The whole request is taken, nothing is done, and no answer ever comes. */
  hang: {
    happen: async ({ call }) => {
      call.openBody().resume();
      return 'silence';
    },
  },

  /** It is done, or refused, and the client never learns. */
  'lose-answer': { happen: ({ call, perform }) => withoutAnswer(perform(call)) },

  /** Nothing is done. S3 sends its 200 before it begins to join, so it can say only in the body that it failed. */
  'error-in-200': {
    only: ['CompleteMultipartUpload'],
    happen: async () => xmlReply('Error', { Code: 'InternalError', Message: 'Injected by a test.' }),
  },

  /** The upload and its parts are gone when the operation begins, as after a lifecycle rule. */
  'lose-upload': {
    only: ['UploadPart', 'ListParts', 'CompleteMultipartUpload', 'AbortMultipartUpload'],
    happen: (attempt) => afterChange(attempt, (upload) => attempt.uploads.abort(upload)),
  },
} as const satisfies Record<string, Happening>;

/** Without trouble it is the operation and nothing else. */
export async function performDespite(trouble: Trouble | undefined, attempt: Attempt): Promise<Outcome> {
  if (trouble === undefined) return attempt.perform(attempt.call);
  const { only, happen } = happeningOf(trouble);
  if (only && !only.includes(attempt.operation)) {
    throw notImplemented(`the fault ${JSON.stringify(trouble)} in ${attempt.operation}`);
  }
  return happen(attempt);
}

function happeningOf(trouble: Trouble): Happening {
  if (typeof trouble === 'string') return troubles[trouble];
  if ('losePart' in trouble) {
    return {
      only: ['ListParts', 'CompleteMultipartUpload'],
      happen: (attempt) => afterChange(attempt, (upload) => attempt.uploads.removePart(upload, trouble.losePart)),
    };
  }
  const refusal = new AwsError(trouble.code, 'Injected by a test.', { status: trouble.status });
  return { happen: () => Promise.reject(refusal) };
}

/** The operation meets an upload that is not any more what the client left behind. */
async function afterChange({ call, perform, uploads }: Attempt, change: (upload: Upload) => Promise<void>) {
  const { bucket, key, query } = call;
  const id = query.get('uploadId') ?? '';
  await uploads.exclusively(id, async () => change(await uploads.find(bucket, key, id)));
  return perform(call);
}

async function withoutAnswer(work: Promise<Reply>): Promise<'reset'> {
  try {
    const { body } = await work;
    if (body instanceof Readable) body.destroy();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
  return 'reset';
}
