// The routes of the stack's API.

const routes = [
  { method: 'GET', folder: 'callbacks' },
  { method: 'POST', folder: 'callbacks' },
  { method: 'POST', folder: 'tasks' },
] as const;

export type Routed = {
  routeKey: string;
  /** API Gateway decodes percent-encoding in the path, also in `rawPath`. */
  rawPath: string;
  token: string;
};

/** Returns undefined if no route matches. */
export function routeOf(method: string, path: string): Routed | undefined {
  const [, folder, encoded = ''] = /^\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const token = decoded(encoded);
  const isRouted = routes.some((route) => route.method === method && route.folder === folder);
  if (!isRouted || !token) return undefined;
  return { routeKey: `${method} /${folder}/{token}`, rawPath: `/${folder}/${token}`, token };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Invalid percent-encoding.
    return undefined;
  }
}
