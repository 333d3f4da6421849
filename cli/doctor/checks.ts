// The doctor's checks, in the order in which they are reported.
import { proveAlarms, proveBucket, proveListeners, provePermissions } from './bucket.ts';
import { proveCallbackUrl, proveClock } from './callback-url.ts';
import type { DoctorCheck, StackCheck } from './check.ts';
import { proveNoBacklog, proveNoDeadLetters, proveQueues, proveSchedule, proveSweeper } from './queues.ts';
import { proveSecret } from './secret.ts';

const readsSecret = 'secretsmanager:GetSecretValue';
const readsQueues = 'sqs:GetQueueAttributes';
const readsResources = 'cloudformation:ListStackResources';
const readsObjects = 's3:GetObject, s3:ListBucket';
const offersSong = 's3:PutObject on incoming/*';

export const checks: readonly DoctorCheck[] = [
  { name: 'callback URL', needs: readsSecret, prove: proveCallbackUrl },
  { name: 'clock', needs: '', prove: proveClock },
  { name: 'secret', needs: readsSecret, prove: proveSecret },
  { name: 'test callback', needs: `${readsSecret}, ${offersSong}`, prove: ({ testTask }) => testTask.accepted() },
  { name: '… is stored', needs: readsObjects, prove: ({ testTask }) => testTask.kept() },
  { name: '… is archived', needs: readsObjects, prove: ({ testTask }) => testTask.archived() },
  { name: '… is repeated', needs: readsObjects, prove: ({ testTask }) => testTask.repeated() },
  { name: 'queues', needs: readsQueues, prove: proveQueues },
  { name: 'dead-letter queue', needs: readsQueues, prove: proveNoDeadLetters },
  { name: 'schedule', needs: 's3:ListBucket', prove: proveSchedule },
];

export const stackChecks: readonly StackCheck[] = [
  { name: 'sweeper', needs: `${readsResources}, cloudwatch:GetMetricStatistics`, prove: proveSweeper },
  { name: 'backlog', needs: `${readsQueues}, cloudwatch:GetMetricStatistics`, prove: proveNoBacklog },
  { name: 'alarms', needs: `${readsResources}, cloudwatch:DescribeAlarms`, prove: proveAlarms },
  { name: 'who hears them', needs: 'sns:GetTopicAttributes', prove: proveListeners },
  {
    name: 'bucket',
    needs:
      's3:GetBucketPublicAccessBlock, s3:GetBucketPolicy, s3:GetEncryptionConfiguration, s3:GetLifecycleConfiguration',
    prove: proveBucket,
  },
  {
    name: 'permissions',
    needs: `${readsResources}, ${readsQueues}, iam:SimulatePrincipalPolicy`,
    prove: provePermissions,
  },
];
