// The meaning of a provider's status code for the owner. Sources: the current and older documentation of sunoapi.org
// and kie.ai.

type Outcome = { outcome: string; advice: string };

const outcomes: Readonly<Record<number, Outcome>> = {
  200: { outcome: 'success', advice: 'Nothing to do.' },
  400: {
    outcome: 'rejected',
    advice: 'The provider refused the request or its words: change the prompt or parameters and generate again.',
  },
  401: {
    outcome: 'unauthorised',
    advice: 'The provider does not accept the API key: check the key and the account, then generate again.',
  },
  408: {
    outcome: 'timed_out',
    advice: 'The provider was too busy and ran out of time: generate again in a few minutes.',
  },
  413: {
    outcome: 'unacceptable_input',
    advice:
      'The provider refused what it was given (too long, matching a known work, or not fetchable): read its message, change the input and generate again.',
  },
  429: {
    outcome: 'no_credits',
    advice: "The account's credits or its rate limit are used up: top up or wait, then generate again.",
  },
  451: {
    outcome: 'input_unreachable',
    advice:
      'The provider could not download the audio it was to work on: make its URL publicly readable, then try again.',
  },
  500: {
    outcome: 'provider_error',
    advice: 'The provider failed: generate again later; ask its support if it stays so.',
  },
  501: {
    outcome: 'generation_failed',
    advice: 'The provider could not generate this: try again, with other words if it fails twice.',
  },
  531: {
    outcome: 'generation_failed_refunded',
    advice: 'The provider failed and gave the credits back: generate again.',
  },
};

const unknownOutcome: Outcome = {
  outcome: 'unknown_code',
  advice:
    "The provider sent a status code that is not in its documentation: read its message, and the provider's site.",
};

/**
 * The code alone decides: `callbackType` is "complete" for failures, too. kie.ai's page on videos documents 0 for
 * success beside a text that says 200; trying the links that arrive with it costs nothing.
 */
export function isSuccess(code: number): boolean {
  return code === 200 || code === 0;
}

export function outcomeOf(code: number | null): Outcome {
  return (code === null ? undefined : outcomes[code]) ?? unknownOutcome;
}

/** A success without files: the provider sent this for some failures. */
export const noMedia: Outcome = {
  outcome: 'no_media',
  advice: 'The provider reported success and sent no link: look the task up at the provider, or generate again.',
};
