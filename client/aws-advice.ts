/** `needs`: the permission that the credentials must have. */
type Question = { stack: string; region: string | undefined; needs?: string };

const signIn = 'Sign in (`aws sso login`, `aws configure`), or name a profile in AWS_PROFILE.';
const noCredentials = () => `There are no AWS credentials here. ${signIn}`;
const expired = () => `The AWS credentials have expired. ${signIn}`;
const refused = () => `AWS does not know these credentials. ${signIn}`;
const forbidden = ({ needs = 'cloudformation:DescribeStacks and secretsmanager:GetSecretValue' }: Question) =>
  `These credentials may not do this: it takes ${needs}.`;
const unreachable = () => 'AWS cannot be reached. Check the network, and that the region exists.';
const noStack = ({ stack, region = 'the default region' }: Question) =>
  `There is no stack ${stack} in ${region}. \`npx cdk deploy\` creates it; --stack and --region choose another.`;
const noSecret = ({ stack }: Question) =>
  `The secret of stack ${stack} is gone. Restore it with \`aws secretsmanager restore-secret\`.`;
const goneFrom =
  (what: string) =>
  ({ stack }: Question) =>
    `The ${what} of stack ${stack} is gone, or in another region. \`npx cdk deploy\` says what is wrong with the stack.`;

/** By the name or the code of the SDK's error; some services use several names for one error. */
const adviceFor = new Map<string, (question: Question) => string>([
  ['CredentialsProviderError', noCredentials],
  ['ExpiredToken', expired],
  ['ExpiredTokenException', expired],
  ['InvalidClientTokenId', refused],
  ['UnrecognizedClientException', refused],
  ['SignatureDoesNotMatch', refused],
  ['AccessDenied', forbidden],
  ['AccessDeniedException', forbidden],
  // CloudFormation's error for a stack that does not exist.
  ['ValidationError', noStack],
  ['ResourceNotFoundException', noSecret],
  // The secret is scheduled for deletion.
  ['InvalidRequestException', noSecret],
  ['NoSuchBucket', goneFrom('bucket')],
  ['QueueDoesNotExist', goneFrom('queue')],
  ['TimeoutError', unreachable],
  ['ENOTFOUND', unreachable],
  ['EAI_AGAIN', unreachable],
  ['ECONNREFUSED', unreachable],
]);

/** Explains an error from AWS and what the owner can do about it. */
export function adviceOn(error: unknown, question: Question): string {
  if (!(error instanceof Error)) return String(error);
  // The SDK has no error code for this.
  if (error.message === 'Region is missing') return 'Say in which region: --region, or AWS_REGION.';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const advice = adviceFor.get(error.name) ?? adviceFor.get(code);
  return advice?.(question) ?? error.message;
}
