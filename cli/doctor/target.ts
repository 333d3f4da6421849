// The doctor's view of the deployment that it examines. Types only; the implementations are in deployment/.

export type HttpReply = { status: number; body: string; date: Date | null };
export type HttpQuestion = {
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
};

type FoundObject = { bytes: Buffer; contentType: string | null };

/** The bucket, with permission to delete, which only `cleanUp` uses. */
export type ExaminedBucket = {
  /** In the order of their keys. */
  list(prefix: string): AsyncIterable<string>;
  /** Undefined if there is no such object. @throws if it is larger than any object that the doctor creates */
  read(key: string): Promise<FoundObject | undefined>;
  /** The task id in the object's metadata. */
  ownerOf(key: string): Promise<string | undefined>;
  /** Also succeeds if the object is gone. `true`: a versioned bucket keeps it as an old version. */
  remove(key: string): Promise<boolean>;
};

type QueueName = 'queue' | 'wakeQueue' | 'deadLetterQueue';
export type QueueState = {
  arn: string;
  visibilitySeconds: number;
  retentionSeconds: number;
  redrive: { targetArn: string; maxReceiveCount: number } | null;
  /** Null on this machine, where nothing is encrypted. */
  isEncrypted: boolean | null;
  /** Approximate, as SQS counts. */
  waiting: number;
};

export type AlarmState = { name: string; description: string; state: string; hasActions: boolean };

/** `null`: the bucket has no such setting. */
export type BucketSettings = {
  blocksPublicAccess: boolean;
  policy: string | null;
  encryption: string | null;
  abortsUploadsAfterDays: number | null;
};

export type RoleName = 'Receiver' | 'Archiver' | 'Sweeper';

/** What only a stack in AWS has. */
export type ExaminedStack = {
  name: string;
  bucketName: string;
  /** The topic that alarms notify; undefined if the stack has none. */
  alarmTopicArn: string | undefined;
  alarms(): Promise<AlarmState[]>;
  /** The number of subscribers of the topic, confirmed and pending. */
  listeners(topicArn: string): Promise<{ confirmed: number; pending: number }>;
  /** How often the sweeper was recently started, and when it was last deployed. */
  sweeps(minutes: number): Promise<{ times: number; deployedAt: Date }>;
  /** The recent age of a queue's oldest message; null if CloudWatch has no data, as for an idle queue. */
  oldestSeconds(queueArn: string): Promise<number | null>;
  bucketSettings(): Promise<BucketSettings>;
  /** Whether a function's role allows the action, simulated by IAM. */
  isAllowed(role: RoleName, action: string, resource: string): Promise<boolean>;
};

export type DoctorTarget = {
  /** Without the token. */
  callbackBaseUrl: string;
  /** The JSON of the secret with the token. */
  secret(): Promise<string>;
  /** Time and response size are limited. @throws with a message without the URL, which contains the token */
  ask(url: string, question: HttpQuestion): Promise<HttpReply>;
  bucket: ExaminedBucket;
  /** Puts the test song where the archiver can fetch it. @returns its link */
  offer(taskId: string, seed: string): Promise<string>;
  queue(name: QueueName): Promise<QueueState>;
  stack: ExaminedStack | null;
};
