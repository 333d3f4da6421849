import { randomBytes } from 'node:crypto';
import type { DoctorCheck } from './check.ts';
import { failed, notChecked, proved } from './finding.ts';
import { readToken } from './secret-content.ts';
import type { HttpReply } from './target.ts';

const advice =
  'Compare the URL with `npm run --silent url`; `npx cdk deploy`, or a restart of the local deployment, restores what is missing.';

/** The right token gets a response; a wrong token learns nothing. */
export const proveCallbackUrl: DoctorCheck['prove'] = async ({ deployment, signal }) => {
  const { callbackBaseUrl: base } = deployment;
  const token = readToken(await deployment.secret());
  if (token === undefined) return failed('The URL has no token: the secret holds none.', 'See the check “secret”.');
  const [right, wrong] = await Promise.all([
    deployment.ask(base + token, { method: 'GET', signal }),
    deployment.ask(base + randomBytes(16).toString('hex'), { method: 'GET', signal }),
  ]);
  if (!isReady(right)) return failed(`GET of the callback URL is answered ${right.status}, not “ready”.`, advice);
  if (wrong.status !== 404) return failed(`A wrong token is answered ${wrong.status} instead of 404.`, advice);
  return proved('It answers GET with “ready”, and a wrong token with 404.');
};

function isReady({ status, body }: HttpReply): boolean {
  return status === 200 && /^\s*\{\s*"status"\s*:\s*"ready"\s*\}\s*$/.test(body);
}

/** kie.ai's signature is valid for 5 minutes; a clock that is a minute off should be corrected before that. */
const tolerableMs = 60_000;

export const proveClock: DoctorCheck['prove'] = async ({ deployment, now, signal }) => {
  const asked = now().getTime();
  const { date } = await deployment.ask(deployment.callbackBaseUrl, { method: 'GET', signal });
  const answered = now().getTime();
  if (date === null) return notChecked('The answer does not say what time it is there.');
  // The header has whole seconds: adding half a second gives the middle of the range.
  const offMs = Math.abs(date.getTime() + 500 - (asked + answered) / 2);
  const said = `This clock and the deployment’s are ${Math.round(offMs / 1000)} s apart`;
  if (offMs <= tolerableMs) return proved(`${said}; kie.ai’s signature allows 5 min.`);
  return failed(`${said}, which is more than a minute.`, 'Set the clock of this machine: `timedatectl set-ntp true`.');
};
