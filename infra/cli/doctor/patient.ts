// What the doctor needs of the deployment that it examines. Types only; the makers are in patient/.

export type Answer = { status: number; body: string; date: Date | null };
export type Question = {
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
};

type FoundObject = { bytes: Buffer; contentType: string | null };

/** The bucket, with the right to delete: only `cleanUp` does. */
export type ExaminedBucket = {
  /** In the order of their keys. */
  list(prefix: string): AsyncIterable<string>;
  /** Undefined where there is no such object. @throws where it is larger than anything that the doctor makes */
  read(key: string): Promise<FoundObject | undefined>;
  /** The id of the task that an object says it is of. */
  ownerOf(key: string): Promise<string | undefined>;
  /** Also where it is gone already. `true`: the bucket keeps it as an old version. */
  remove(key: string): Promise<boolean>;
};

type QueueName = 'queue' | 'wakeQueue' | 'deadLetterQueue';
export type QueueState = {
  arn: string;
  visibilitySeconds: number;
  retentionSeconds: number;
  redrive: { targetArn: string; maxReceiveCount: number } | null;
  /** Null where there is no such thing: on this machine. */
  isEncrypted: boolean | null;
  /** Approximately, as SQS counts. */
  waiting: number;
};

export type Alarm = { name: string; description: string; state: string; hasActions: boolean };

/** `null`: the bucket has no such setting. */
export type BucketSettings = {
  blocksPublicAccess: boolean;
  policy: string | null;
  encryption: string | null;
  abortsUploadsAfterDays: number | null;
};

export type RoleName = 'Receiver' | 'Archiver' | 'Sweeper';

/** What only the stack in AWS has. */
export type ExaminedStack = {
  name: string;
  bucketName: string;
  /** Where alarms are told; undefined where the stack has no topic. */
  alarmTopicArn: string | undefined;
  alarms(): Promise<Alarm[]>;
  /** How many are subscribed to the topic, and have said yes to it or not yet. */
  listeners(topicArn: string): Promise<{ confirmed: number; pending: number }>;
  /** How often the sweeper was started lately, and when it was last deployed. */
  sweeps(minutes: number): Promise<{ times: number; deployedAt: Date }>;
  /** Of the oldest message of a queue, lately; null: CloudWatch has no figure, as of a queue that nobody uses. */
  oldestSeconds(queueArn: string): Promise<number | null>;
  bucketSettings(): Promise<BucketSettings>;
  /** Whether a function's role allows it, as IAM judges. */
  isAllowed(role: RoleName, action: string, resource: string): Promise<boolean>;
};

export type Patient = {
  /** Without the token. */
  callbackBaseUrl: string;
  /** JSON, as it stands in the secret with the token. */
  secret(): Promise<string>;
  /** Always comes to an end, and so does its answer. @throws in words without the URL, which holds the token */
  ask(url: string, question: Question): Promise<Answer>;
  bucket: ExaminedBucket;
  /** Makes the song one that the archiver can fetch. @returns its link */
  offer(taskId: string, seed: string): Promise<string>;
  queue(name: QueueName): Promise<QueueState>;
  stack: ExaminedStack | null;
};
