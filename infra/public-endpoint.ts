// The URL of an endpoint of the owner on the public internet.
import * as z from 'zod';

const error = 'an https URL with the name of a public host, and without spaces, a user name, a password or a fragment';

/** As written, before parsing: parsers rewrite backslashes and other alphabets. */
const asWritten = /^https:\/\/[\w.-]+(:\d+)?(\/[\w.~!$&'()*+,;=:@%/-]*)?(\?[\w.~!$&'()*+,;=:@%/?-]*)?$/;
/** IP addresses usually have no certificate, and names with these endings exist only in private networks. */
const publicHost = /^([a-z0-9-]+\.)+(?!(?:localhost|local|internal|lan|home|arpa)$)[a-z][a-z0-9-]+$/;

/** It is passed in an environment variable, and a function has 4 KB for all of them. */
const maxLength = 2_048;

export const publicEndpoint = z
  .string({ error })
  .max(maxLength, { error })
  .refine((text) => asWritten.test(text) && publicHost.test(URL.parse(text)?.hostname ?? ''), { error });
