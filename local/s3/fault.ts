// Faults that tests inject into S3 and the connection to it, per request.
import { Readable } from 'node:stream';
import { AwsError } from '../aws-json.ts';
import { notImplemented, type S3Call, type S3Handler, type S3Reply, xmlReply } from './call.ts';
import type { S3Operation, S3Route } from './route.ts';
import type { StoredUpload, UploadStore } from './upload-store.ts';

export type Attempt = {
  readonly operation: S3Operation;
  readonly call: S3Call;
  readonly perform: S3Handler;
  readonly uploads: UploadStore;
};

/** `reset`: the connection is reset without a response. `silence`: the connection stays open without one. */
export type FaultOutcome = S3Reply | 'reset' | 'silence';

type Happening = {
  /** The operations to which this fault applies. A test that requests it for another operation gets an error. */
  readonly only?: readonly S3Operation[];
  readonly happen: (attempt: Attempt) => Promise<FaultOutcome>;
};

const faults = {
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

export type FaultKind =
  /** Returned instead of performing the operation. */
  | { readonly status: number; readonly code: string }
  /** The part with this number is removed before the operation starts. */
  | { readonly losePart: number }
  | keyof typeof faults;

/** Without a fault it only performs the operation. */
export async function withFault(trouble: FaultKind | undefined, attempt: Attempt): Promise<FaultOutcome> {
  if (trouble === undefined) return attempt.perform(attempt.call);
  const { only, happen } = happeningOf(trouble);
  if (only && !only.includes(attempt.operation)) {
    throw notImplemented(`the fault ${JSON.stringify(trouble)} in ${attempt.operation}`);
  }
  return happen(attempt);
}

async function withoutAnswer(work: Promise<S3Reply>): Promise<'reset'> {
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
function cutInHalf({ headers, openBody }: S3Call): Readable {
  return Readable.from(
    (async function* () {
      let left = Math.floor(Number(headers['content-length'] ?? 0) / 2);
      for await (const chunk of openBody().iterator({ destroyOnReturn: false })) {
        if (left <= 0) break;
        yield chunk.subarray(0, left);
        left -= chunk.length;
      }
      throw new AwsError('RequestTimeout', 'Half of the body arrived.');
    })(),
  );
}

/** Flips the lowest bit of the first byte. */
function flipBit({ openBody }: S3Call): Readable {
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

/** Changes the upload before the operation, so that it is no longer what the client left. */
async function afterChange({ call, perform, uploads }: Attempt, change: (upload: StoredUpload) => Promise<void>) {
  const { bucket, key, query } = call;
  const id = query.get('uploadId') ?? '';
  await uploads.exclusively(id, async () => change(await uploads.find(bucket, key, id)));
  return perform(call);
}

function happeningOf(trouble: FaultKind): Happening {
  if (typeof trouble === 'string') return faults[trouble];
  if ('losePart' in trouble) {
    return {
      only: ['ListParts', 'CompleteMultipartUpload'],
      happen: (attempt) => afterChange(attempt, (upload) => attempt.uploads.removePart(upload, trouble.losePart)),
    };
  }
  const refusal = new AwsError(trouble.code, 'Injected by a test.', { status: trouble.status });
  return { happen: () => Promise.reject(refusal) };
}

/** Called once per request, when its headers have arrived. `undefined`: no fault. */
export type S3Fault = (request: S3Route) => FaultKind | undefined;
