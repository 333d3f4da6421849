// Replaces `@aws-sdk/credential-provider-node` in the bundles: see infra/bundle.ts. The SDK's chain of credential
// providers (profiles, SSO, web identity, instance metadata) is a third of the SDK's code, and a function never uses
// it: Lambda puts credentials into the environment, from which clients.ts reads them.

/** The package's main export, as the clients import it. */
export const defaultProvider = () => async () => {
  throw new Error('The credentials must be given: this bundle has no chain of credential providers.');
};
