/** Speaks JSON with a service at `address`, as somebody who is signed in when there is a cookie. `always` is sent along. */
export interface HttpClient {
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Any method, with JSON both ways. */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** `fetch` with the cookie. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export function createHttpClient(
  address: string,
  cookie?: string,
  always: Readonly<Record<string, string>> = {},
): HttpClient {
  const signed = { ...always, ...(cookie === undefined ? {} : { cookie }) };
  const fetchHere = (where: string, { headers, ...init }: RequestInit = {}) =>
    fetch(address + where, { ...init, headers: { ...signed, ...(headers as Record<string, string> | undefined) } });
  const readJson = async (response: Response) => {
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  return {
    fetch: fetchHere,
    get: async (where) => readJson(await fetchHere(where)),
    post: (where, body, headers = {}) =>
      fetchHere(where, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    send: async (method, where, body) =>
      readJson(
        await fetchHere(where, {
          method,
          ...(method === 'GET'
            ? {}
            : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
        }),
      ),
  };
}
