import * as z from 'zod';
import type { StackCheck } from './check.ts';
import { verdict } from './finding.ts';

export const proveBucket: StackCheck['prove'] = async (stack) => {
  const { blocksPublicAccess, policy, encryption, abortsUploadsAfterDays } = await stack.bucketSettings();
  const problems = [
    ...(blocksPublicAccess ? [] : ['It does not block public access.']),
    ...(policy !== null && isTlsOnly(policy) ? [] : ['Its policy does not refuse http.']),
    ...(encryption === null ? ['It is not encrypted by default.'] : []),
    ...(abortsUploadsAfterDays === null
      ? ['No lifecycle rule ends unfinished uploads: their parts cost, unseen.']
      : []),
  ];
  return verdict(
    problems,
    `It is private, read over TLS only, encrypted (${encryption}), and rid of unfinished uploads after ${abortsUploadsAfterDays} days.`,
    'A bucket of the stack: `npx cdk deploy`. One of your own (existingBucketName) is yours to set so.',
  );
};

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statement = z.object({
  Effect: z.literal('Deny'),
  Principal: z.union([z.literal('*'), z.object({ AWS: oneOrMore.refine((who) => who.includes('*')) })]),
  Action: oneOrMore.refine((actions) => actions.some((action) => action === 's3:*' || action === '*')),
  Condition: z.object({ Bool: z.object({ 'aws:SecureTransport': oneOrMore.refine(([value]) => value === 'false') }) }),
});
const policySchema = z.object({ Statement: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]) });

/** Whether a statement denies every request without TLS. */
function isTlsOnly(policy: string): boolean {
  try {
    const { Statement } = policySchema.parse(JSON.parse(policy));
    return Statement.some((one) => statement.safeParse(one).success);
  } catch {
    return false;
  }
}
