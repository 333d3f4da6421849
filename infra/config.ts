// The owner's configuration: `-c trackkeeper:<key>=<value>` on the command line, or `"trackkeeper:<key>": <value>`
// under `context` in cdk.json. The table `settings` is complete; no other code reads the context.
import * as z from 'zod';
import { closest } from './spelling.ts';

export const defaultStackName = 'Trackkeeper';

// The URL of an endpoint of the owner on the public internet.

const error = 'an https URL with the name of a public host, and without spaces, a user name, a password or a fragment';

/** The message of each rule says what was expected; `readConfig` adds the key and the given value. */
const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

// S3 allows dots, but the certificate of its https addresses does not cover them.
const bucketName = text(
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  '3 to 63 lower-case letters, digits and hyphens, none at either end',
);

/** A complete ARN, because a policy cannot name an alias. */
const keyArn = text(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|mrk-[\da-f]{32})$/,
  'the ARN of a key in KMS, arn:aws:kms:<region>:<account>:key/<id>, and not that of an alias',
);

/** Text from the command line, a boolean from cdk.json. */
const yesOrNo = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: 'true or false' })
  .transform((value) => value === true || value === 'true');

const wholeNumber = (min: number, max: number) =>
  number((value) => Number.isInteger(value) && value >= min && value <= max, `a whole number from ${min} to ${max}`);

const secretName = text(/^[\w/+=.@-]{1,512}$/, 'the name of a secret, not its ARN');

const hostNames = text(
  /^[a-z0-9-]+(\.[a-z0-9-]+)+(,[a-z0-9-]+(\.[a-z0-9-]+)+)*$/,
  'host names in lower case, with commas between them and no spaces',
);

/** It is passed in an environment variable, and a function has 4 KB for all of them. */
const maxLength = 2_048;

/** As written, before parsing: parsers rewrite backslashes and other alphabets. */
const asWritten = /^https:\/\/[\w.-]+(:\d+)?(\/[\w.~!$&'()*+,;=:@%/-]*)?(\?[\w.~!$&'()*+,;=:@%/?-]*)?$/;

/** IP addresses usually have no certificate, and names with these endings exist only in private networks. */
const publicHost = /^([a-z0-9-]+\.)+(?!(?:localhost|local|internal|lan|home|arpa)$)[a-z][a-z0-9-]+$/;

const publicEndpoint = z
  .string({ error })
  .max(maxLength, { error })
  .refine((text) => asWritten.test(text) && publicHost.test(URL.parse(text)?.hostname ?? ''), { error });

const emailAddress = text(/^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/, 'one e-mail address, without a name');

/** Values from the command line are always text. */
const number = (isAllowed: (value: number) => boolean, error: string) =>
  z
    .union([z.number(), z.string().min(1, { error })], { error })
    .transform(Number)
    .refine(isAllowed, { error });

/** The periods that CloudWatch Logs supports, except "for ever". */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const settings = {
  stackName: text(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'a letter, then up to 127 letters, digits and hyphens')
    .default(defaultStackName)
    .describe('Name of the stack; two stacks with two names live side by side.'),
  bucketName: bucketName.optional().describe('Name of the bucket to create. Default: CloudFormation makes one up.'),
  existingBucketName: bucketName
    .optional()
    .describe('A bucket to use instead of a new one, such as the one an earlier stack left behind.'),
  kmsKeyArn: keyArn
    .optional()
    .describe('Your own KMS key, in the same region, that the bucket is encrypted with. Default: a key of S3.'),
  intelligentTiering: yesOrNo
    .default(false)
    .describe('Whether files under library/ go to S3 Intelligent-Tiering: cheaper for files that are rarely read.'),
  versioned: yesOrNo
    .default(false)
    .describe('Whether the bucket keeps overwritten and deleted objects as old versions.'),
  oldVersionsExpireAfterDays: wholeNumber(1, 3_650)
    .optional()
    .describe('Days after which old versions are deleted; needs versioned. Default: never.'),
  // Twice the lifetime of a link, so that `replay` and its retries find every callback they need.
  callbacksExpireAfterDays: wholeNumber(30, 3_650)
    .optional()
    .describe('Days after which objects under callbacks/ are deleted, unrecognised ones too. Default: never.'),
  notifyEventBridge: yesOrNo
    .default(false)
    .describe('Whether the bucket sends an event to EventBridge for each object that is created or deleted.'),
  existingSecretName: secretName
    .optional()
    .describe('A secret with JSON {"token": "…"} to use instead of a generated one; keeps the token over stacks.'),
  providerKeysSecretName: secretName
    .optional()
    .describe('A secret with JSON {"sunoapi.org": "…", "kie.ai": "…"}, your API keys: with it, providers are polled.'),
  confirmWithProvider: yesOrNo
    .default(false)
    .describe(
      'Whether only links that the provider confirms when polled are followed, never those of a callback alone.',
    ),
  throttleRate: wholeNumber(1, 10_000)
    .default(50)
    .describe('Callbacks a second that reach the receiver on average; the rest gets 429.'),
  throttleBurst: wholeNumber(1, 5_000).default(100).describe('Callbacks that may come at once above the average.'),
  urlVersion: wholeNumber(1, 1_000)
    .default(1)
    .describe('Increase it to get URLs with another host, for example to escape a flood; the old URLs stop working.'),
  // Off by default: it has a line for each rejected request, too, and no limit but AWS's own.
  accessLog: yesOrNo
    .default(false)
    .describe('Whether API Gateway logs each request: when, from which address, with what answer. Never the token.'),
  // SQS's minimum is two.
  archiverConcurrency: wholeNumber(2, 1_000)
    .default(10)
    .describe('Callbacks, announcements and commands that are worked on at the same time.'),
  wakeConcurrency: wholeNumber(2, 1_000)
    .default(10)
    .describe('Due tasks that are processed concurrently, besides those of archiverConcurrency.'),
  archiverMemoryMb: wholeNumber(512, 10_240).default(1024).describe('Memory, and with it CPU, of the archiver in MB.'),
  allowedSourceHosts: hostNames
    .optional()
    .describe('Hosts that media may come from, with all below them. Default: any that is public.'),
  allowHttpSources: yesOrNo.default(false).describe('Whether media may also come over http, which anybody can alter.'),
  forwardTo: publicEndpoint
    .optional()
    .describe('An https URL of yours to which callbacks are forwarded once their files are stored. Default: none.'),
  alarmEmail: emailAddress
    .optional()
    .describe('An email address for alarms; AWS asks it once to confirm. Default: none.'),
  // CloudWatch's maximum.
  quietAfterDays: wholeNumber(1, 7)
    .optional()
    .describe('Days without any callback after which an alarm is raised. Default: no such alarm.'),
  dashboard: yesOrNo
    .default(true)
    .describe('Whether there is a dashboard in CloudWatch: 3 USD a month after the third.'),
  logRetentionDays: number((days) => retentionDays.includes(days), `one of ${retentionDays.join(', ')}`)
    .default(30)
    .describe('Days that logs are kept.'),
};

const prefix = 'trackkeeper:';

/** `kmsKeyArn` is not one of them: the functions need it, whether the bucket is new or existing. */
const settingsOfNewBuckets = [
  'intelligentTiering',
  'versioned',
  'oldVersionsExpireAfterDays',
  'callbacksExpireAfterDays',
  'notifyEventBridge',
] as const;

const schema = z
  .strictObject(settings)
  .refine((config) => config.bucketName === undefined || config.existingBucketName === undefined, {
    path: ['existingBucketName'],
    error: 'either this or bucketName, not both',
  })
  .superRefine((config, { addIssue }) => {
    if (config.existingBucketName === undefined) return;
    const message =
      `it to be left out beside ${prefix}existingBucketName: a bucket that this stack does not make keeps the ` +
      'settings that it has, those of an earlier stack too, and they are yours to change';
    for (const key of settingsOfNewBuckets.filter((key) => config[key])) {
      addIssue({ code: 'custom', path: [key], message });
    }
  })
  .refine(
    ({ existingBucketName, versioned, oldVersionsExpireAfterDays }) =>
      existingBucketName !== undefined || versioned || oldVersionsExpireAfterDays === undefined,
    {
      path: ['oldVersionsExpireAfterDays'],
      error: `it to be left out as long as ${prefix}versioned is not true, for there are no old versions then`,
    },
  )
  .refine((config) => !config.confirmWithProvider || config.providerKeysSecretName !== undefined, {
    path: ['confirmWithProvider'],
    error: `false as long as ${prefix}providerKeysSecretName is not set, for a provider is asked with your key to it`,
  });

export type Config = z.output<typeof schema>;

/** `context` is CDK's complete context: our keys, CDK's own, and those of other tools, which are ignored. */
export function readConfig(
  context: Record<string, unknown>,
): { ok: true; value: Config } | { ok: false; problems: string[] } {
  const known = Object.keys(settings).map((name) => prefix + name);
  const misspelt = Object.keys(context).filter((key) => !known.includes(key) && looksLikeOurs(key, known));
  const ours = known.filter((key) => key in context).map((key) => [key.slice(prefix.length), context[key]]);
  const parsed = schema.safeParse(Object.fromEntries(ours));

  const problems = [
    ...misspelt.map((key) => `  ${key}: there is no such key. ${suggestion(key, known)}`),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => complaint(prefix + path.join('.'), message, context)),
  ];
  return parsed.success && problems.length === 0 ? { ok: true, value: parsed.data } : { ok: false, problems };
}

/**
 * A key is ours by its prefix, or if it is so close to one of ours, with or without the prefix, that it was surely
 * meant to be.
 */
function looksLikeOurs(key: string, known: string[]): boolean {
  return (
    key.startsWith(prefix) || closest(key, known, 3) !== undefined || closest(prefix + key, known, 1) !== undefined
  );
}

function suggestion(key: string, known: string[]): string {
  const meant = closest(key, known, 8) ?? closest(prefix + key, known, 8);
  return meant === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${meant}?`;
}

function complaint(key: string, expected: string, context: Record<string, unknown>): string {
  return `  ${key}: expected ${expected}; got ${JSON.stringify(context[key])}.`;
}
