import type { Check } from './check.ts';
import { failed, notChecked, proved } from './finding.ts';

/** kie.ai's signature is valid for 5 minutes; a clock that is a minute off should be corrected before that. */
const tolerableMs = 60_000;

export const proveClock: Check['prove'] = async ({ patient, now, signal }) => {
  const asked = now().getTime();
  const { date } = await patient.ask(patient.callbackBaseUrl, { method: 'GET', signal });
  const answered = now().getTime();
  if (date === null) return notChecked('The answer does not say what time it is there.');
  // The header has whole seconds: adding half a second gives the middle of the range.
  const offMs = Math.abs(date.getTime() + 500 - (asked + answered) / 2);
  const said = `This clock and the deployment’s are ${Math.round(offMs / 1000)} s apart`;
  if (offMs <= tolerableMs) return proved(`${said}; kie.ai’s signature allows 5 min.`);
  return failed(`${said}, which is more than a minute.`, 'Set the clock of this machine: `timedatectl set-ntp true`.');
};
