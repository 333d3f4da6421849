// Checks the secret with the token: reports which fields it has, never their values.
import { goodToken } from '../../client/callback-url.ts';
import type { DoctorCheck } from './check.ts';
import { failed, proved } from './finding.ts';
import { readSecretContent } from './secret-content.ts';

export const proveSecret: DoctorCheck['prove'] = async ({ deployment }) => {
  const text = await deployment.secret();
  const secret = readSecretContent(text);
  const advice =
    'Write it with `aws secretsmanager put-secret-value`: {"token": "…"}; or `npm run --silent rotate-token`.';
  if (secret === undefined) return failed('It is no JSON with a "token".', advice);
  if (!goodToken.test(secret.token)) {
    return failed('Its token is shorter than 16 characters, or has others than letters, digits and - _ . ~', advice);
  }
  const older = secret.previousToken === null ? 'no older one is accepted' : 'an older one is still accepted';
  const signature = secret.kieWebhookKey === null ? 'is not demanded' : 'is demanded';
  const olderKey =
    secret.kieWebhookKey !== null && secret.previousKieWebhookKey !== null ? ', by an older key, too' : '';
  return proved(`Its token is long enough, ${older}; kie.ai’s signature ${signature}${olderKey}.`);
};
