// Where something of the owner's listens, out on the internet.
import * as z from 'zod';

const error = 'an https URL with the name of a public host, and without spaces, a user name, a password or a fragment';

/** As it is written: nobody should have to know what a parser makes of a backslash or of another alphabet. */
const asWritten = /^https:\/\/[\w.-]+(:\d+)?(\/[\w.~!$&'()*+,;=:@%/-]*)?(\?[\w.~!$&'()*+,;=:@%/?-]*)?$/;
/** An address has no certificate as a rule, and what ends like these is found in a private network only. */
const publicHost = /^([a-z0-9-]+\.)+(?!(?:localhost|local|internal|lan|home|arpa)$)[a-z][a-z0-9-]+$/;

/** It stands in an environment variable, of which a function has 4 KB. */
const maxLength = 2_048;

export const publicEndpoint = z
  .string({ error })
  .max(maxLength, { error })
  .refine((text) => asWritten.test(text) && publicHost.test(URL.parse(text)?.hostname ?? ''), { error });
