// Faults that tests inject into S3 and the connection to it, per request.
import { Readable } from 'node:stream';
import { AwsError } from '../aws-json.ts';
import { type Call, type Handler, notImplemented, type Reply, xmlReply } from './call.ts';
import type { Operation, Routed } from './route.ts';
import type { Upload, UploadStore } from './upload-store.ts';

/** Called once per request, when its headers have arrived. `undefined`: no fault. */
export type Fault = (request: Routed) => Trouble | undefined;

export type Trouble =
  /** Returned instead of performing the operation. */
  | { readonly status: number; readonly code: string }
  /** The part with this number is removed before the operation starts. */
  | { readonly losePart: number }
  | keyof typeof troubles;

/** `reset`: the connection is reset without a response. `silence`: the connection stays open without one. */
export type Outcome = Reply | 'reset' | 'silence';

export type Attempt = {
  readonly operation: Operation;
  readonly call: Call;
  readonly perform: Handler;
  readonly uploads: UploadStore;
};

type Happening = {
  /** The operations to which this fault applies. A test that requests it for another operation gets an error. */
  readonly only?: readonly Operation[];
  readonly happen: (attempt: Attempt) => Promise<Outcome>;
};

const troubles = {
  /** The operation is not performed. */
  cut: { happen: async () => 'reset' },

  /** Half of the body is received, then the connection is reset. The operation is not performed. */
  'cut-body': {
    only: ['PutObject', 'UploadPart', 'CompleteMultipartUpload'],
    happen: ({ call, perform }) => withoutAnswer(perform({ ...call, openBody: () => cutInHalf(call) })),
  },

  /** One bit of the body arrives changed: a checksum from the client reveals it; without one it is stored like this. */
  'flip-bit': {
    only: ['PutObject', 'UploadPart'],
    happen: ({ call, perform }) => perform({ ...call, openBody: () => flipBit(call) }),
  },

  /** The complete request is received, the operation is not performed, and no response is ever sent. */
  hang: {
    happen: async ({ call }) => {
      call.openBody().resume();
      return 'silence';
    },
  },

  /** The operation is performed or rejected, and the client never learns the result. */
  'lose-answer': { happen: ({ call, perform }) => withoutAnswer(perform(call)) },

  /**
   * The operation is not performed. S3 sends status 200 before it starts to join, so it reports the failure in the
   * body.
   */
  'error-in-200': {
    only: ['CompleteMultipartUpload'],
    happen: async () => xmlReply('Error', { Code: 'InternalError', Message: 'Injected by a test.' }),
  },

  /** The upload and its parts are removed before the operation starts, as by a lifecycle rule. */
  'lose-upload': {
    only: ['UploadPart', 'ListParts', 'CompleteMultipartUpload', 'AbortMultipartUpload'],
    happen: (attempt) => afterChange(attempt, (upload) => attempt.uploads.abort(upload)),
  },
} as const satisfies Record<string, Happening>;

/** Without a fault it only performs the operation. */
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

/** Changes the upload before the operation, so that it is no longer what the client left. */
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

// Bodies that arrive damaged: for faults that tests request.

/** Sends the first half, then an error. The caller handles the connection. */
export function cutInHalf({ headers, openBody }: Call): Readable {
  return Readable.from(
    (async function* () {
      let left = Math.floor(Number(headers['content-length'] ?? 0) / 2);
      for await (const chunk of openBody().iterator({ destroyOnReturn: false })) {
        if (left <= 0) break;
        yield chunk.subarray(0, left);
        left -= chunk.length;
      }
      throw new AwsError('RequestTimeout', 'Half of the body came.');
    })(),
  );
}

/** Flips the lowest bit of the first byte. */
export function flipBit({ openBody }: Call): Readable {
  return Readable.from(
    (async function* () {
      let isFirst = true;
      for await (const chunk of openBody()) {
        if (isFirst) chunk[0] ^= 1;
        isFirst = false;
        yield chunk;
      }
    })(),
  );
}
