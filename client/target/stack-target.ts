import { adviceOn } from '../aws-advice.ts';
import type { StackReader } from '../callback-url.ts';
import { CommandError } from '../command-error.ts';
import { outputsSchema } from '../deployed.ts';
import type { ChosenTarget } from '../target.ts';
import { openTarget } from './open-target.ts';

type StackChoice = { stack: string; region: string | undefined };

/** Slow responses are fine, stalled ones are not; temporary errors are retried. */
const clientLimits = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 60_000 },
};

const needs =
  'cloudformation:DescribeStacks, s3:ListBucket and s3:GetObject on the bucket, and what the command asks of the ' +
  'queues: sqs:SendMessage, or for redrive sqs:GetQueueAttributes, StartMessageMoveTask, ListMessageMoveTasks and, ' +
  'to move, ReceiveMessage and DeleteMessage; for recover, secretsmanager:GetSecretValue too';

export function chooseStack(
  { stack, region }: StackChoice,
  cloudIn: (region: string | undefined) => StackReader,
): ChosenTarget {
  return {
    name: `the stack ${stack}${region === undefined ? '' : ` in ${region}`}`,
    adviceOn: (error) => adviceOn(error, { stack, region, needs }),

    async open() {
      const { outputsOf, secretValue } = cloudIn(region);
      const outputs = outputsSchema.safeParse(await outputsOf(stack));
      if (!outputs.success) {
        throw new CommandError(
          `The stack ${stack} has no outputs for its bucket and queues: it is another stack, of an older ` +
            'version, or its deployment did not end. `npx cdk deploy` brings it up to date.',
        );
      }
      const settings = region === undefined ? clientLimits : { ...clientLimits, region };
      const place = `s3://${outputs.data.BucketName}`;
      return openTarget({
        name: stack,
        place,
        outputs: outputs.data,
        secretValue,
        s3: settings,
        sqs: settings,
        local: null,
      });
    },
  };
}
